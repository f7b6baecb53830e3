// A statistic that does not exist ends the test with k6's general exit code, 255.
// docs: using-k6/k6-options/reference#summary-trend-stats
// promises: exit 255, console 0
// tells: p(ninety)

export const options = { summaryTrendStats: ['avg', 'p(ninety)'] };

export default function () {
  console.log('never said');
}
