// A threshold on a metric that does not exist is an invalid configuration: exit code 104, nothing is played.
// docs: using-k6/thresholds
// promises: exit 104, requests 0, console 0
// tells: no_such_metric

export const options = { thresholds: { no_such_metric: ['count>1'] } };

export default function () {
  console.log('never said');
}
