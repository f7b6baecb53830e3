// __VU counts virtual users from 1, __ITER their iterations from 0; while the script is loaded there is none.
// docs: using-k6/execution-context-variables
// promises: exit 0, iterations 4, console 4
// parity: console in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

const loaded = [typeof __VU, typeof __ITER].join();

export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };

export default function () {
  console.log(__VU, __ITER, loaded, typeof __ENV);
}
