// Whatever is thrown ends the iteration: errors of the language, texts, objects.
// docs: using-k6/test-lifecycle
// promises: exit 0, iterations 4, console 4
// logs: error just a text
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export const options = { iterations: 4 };

export default function () {
  console.log(`iteration ${__ITER}`);
  if (__ITER === 0) null.price;
  if (__ITER === 1) throw 'just a text';
  if (__ITER === 2) throw { code: 7 };
  if (__ITER === 3) missing();
}
