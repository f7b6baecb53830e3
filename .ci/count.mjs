// Adds up vitest's JSON reports: what failed, and one line `N passed, N failed`. A suite without a report or a skipped test is a failure.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...suites] = process.argv.slice(2);
const total = { passed: 0, failed: 0 };
/** Said once more at the end, where it is found also when the output is cut. */
const linesOfReason = 40;

for (const suite of suites) {
  const file = join(folder, `${suite}.json`);
  if (!existsSync(file)) {
    console.log(`${suite}: no report: the suite did not run`);
    total.failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const tests = report.testResults.flatMap((result) =>
    result.assertionResults.map((test) => ({ ...test, file: result.name })),
  );
  for (const test of tests.filter(({ status }) => status === 'failed')) {
    console.log(`failed: ${test.file}: ${test.fullName}`);
    console.log(`${test.failureMessages.join('\n').split('\n').slice(0, linesOfReason).join('\n')}\n`);
  }
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  for (const test of skipped) console.log(`skipped: ${test.file}: ${test.fullName}`);
  // A file that could not even be loaded has no tests, and still is a failure.
  const broken = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  );
  for (const result of broken) console.log(`not loaded: ${result.name}`);
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests + skipped.length + broken.length;
  if (tests.length === 0) total.failed += 1;
}

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
