// A stage of no duration changes the rate at once; a rate of nothing pauses.
// docs: using-k6/scenarios/executors/ramping-arrival-rate
// promises: exit 0, iterations 19..22
// parity: metrics/iterations/count ±2 because the last iteration of a stage may fall on either side of its end
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export const options = {
  scenarios: {
    jumps: {
      executor: 'ramping-arrival-rate',
      startRate: 0,
      timeUnit: '1s',
      preAllocatedVUs: 10,
      stages: [
        { duration: '300ms', target: 0 },
        { duration: '0s', target: 40 },
        { duration: '500ms', target: 40 },
        { duration: '0s', target: 0 },
        { duration: '500ms', target: 0 },
      ],
    },
  },
};

export default function () {}
