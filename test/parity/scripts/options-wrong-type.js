// An option of the wrong type is an invalid configuration: exit code 104.
// docs: using-k6/k6-options/reference
// promises: exit 104, console 0
// tells: five

export const options = { iterations: 1, vus: 'five' };

export default function () {
  console.log('never said');
}
