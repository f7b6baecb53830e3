// Two shortcuts together are an invalid configuration.
// docs: using-k6/k6-options/reference#scenarios
// promises: exit 104, console 0
// tells: stages

export const options = {
  stages: [{ duration: '1s', target: 1 }],
  iterations: 2,
};

export default function () {
  console.log('never said');
}
