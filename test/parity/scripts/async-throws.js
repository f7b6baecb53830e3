// An async function that rejects ends its iteration with the error; a rejection that nobody handles is told too.
// docs: javascript-api/k6-http/asyncrequest
// promises: exit 0, iterations 2, console 1
// logs: error too late
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export const options = { iterations: 2 };

export default async function () {
  await null;
  if (__ITER === 0) throw new Error('too late');
  console.log('the next iteration');
}
