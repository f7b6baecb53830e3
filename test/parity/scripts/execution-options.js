// exec.test.options shows the options as they are played, with defaults and shortcuts resolved.
// docs: javascript-api/k6-execution#test
// promises: exit 0, iterations 1, console 6
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';

export const options = {
  userAgent: 'mine',
  iterations: 1,
  tags: { release: '1' },
  thresholds: { checks: ['rate>0.9', { threshold: 'rate>0.5', abortOnFail: true }] },
};

export default function () {
  const { options: played } = exec.test;
  console.log(played.userAgent, played.setupTimeout, played.batch, played.noConnectionReuse);
  console.log(JSON.stringify(played.tags), played.maxRedirects, played.batchPerHost);
  const { executor, vus, iterations, maxDuration, gracefulStop, startTime, exec: name } = played.scenarios.default;
  console.log(executor, vus, iterations, maxDuration, gracefulStop, startTime, name);
  console.log(JSON.stringify(played.scenarios.default.env), JSON.stringify(played.scenarios.default.tags));
  console.log(JSON.stringify(played.summaryTrendStats), played.discardResponseBodies, played.paused);
  console.log(Object.keys(played.thresholds).join(), played.duration, played.stages);
}
