// The executor ramping-arrival-rate changes the rate at which iterations begin from stage to stage.
// docs: using-k6/scenarios/executors/ramping-arrival-rate
// promises: exit 0, iterations 41..47
// parity: metrics/iterations/count ±3 because the last iterations of a stage may fall on either side of its end
// parity: metrics/vus/* not compared because it is how many of the 10 are busy at the moment when it is read
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export const options = {
  scenarios: {
    ramp: {
      executor: 'ramping-arrival-rate',
      startRate: 10,
      timeUnit: '1s',
      preAllocatedVUs: 10,
      stages: [
        { duration: '1s', target: 40 },
        { duration: '500ms', target: 40 },
      ],
    },
  },
};

export default function () {}
