import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokenPromises, differences } from './compare.ts';
import { factsOf, isTime } from './facts.ts';
import { type Header, readHeader } from './header.ts';
import { embedded, play, stock, withoutK6 } from './players.ts';

// Every script is played on stock k6 and on the embedded engine, and all that both showed is compared.
const folder = join(import.meta.dirname, 'scripts');
const scripts = ['.', 'broken'].flatMap((below) =>
  readdirSync(join(folder, below))
    .filter((name) => /\.[jt]s$/.test(name))
    .map((name) => join(below, name)),
);

test('there are scripts', () => expect(scripts.length).toBeGreaterThanOrEqual(60));

// Without k6 this is skipped in plain sight; in CI it runs all the same, and fails.
const title = `plays on the embedded engine as on stock k6${withoutK6 ? ` (skipped: ${withoutK6})` : ''}`;

describe.skipIf(withoutK6 !== undefined && !process.env['CI'])(title, () => {
  test.concurrent.each(scripts)('%s', async (script) => {
    expect(withoutK6).toBe(undefined);
    const file = join(folder, script);
    const header = readHeader(readFileSync(file, 'utf8'));
    let found = await wrongIn(file, header);
    for (let again = 1; again < measurings && onlyTimes(found.wrong); again += 1) found = await wrongIn(file, header);
    expect(found.wrong, `${header.about}\n${found.stderr}`).toEqual([]);
  });
});

/** A pause of the machine is no difference between engines: times, and only they, are measured again where nothing else differs. */
const measurings = 3;

const onlyTimes = (wrong: readonly string[]): boolean =>
  wrong.length > 0 && wrong.every((one) => isTime(one.slice(0, one.indexOf(': '))));

async function wrongIn(file: string, header: Header): Promise<{ wrong: readonly string[]; stderr: string }> {
  const [expected, actual] = [await play(stock, file, header.env), await play(embedded, file, header.env)];
  const wrong = [
    ...brokenPromises(header, expected).map((one) => `k6 breaks a promise of the script: ${one}`),
    ...brokenPromises(header, actual).map((one) => `the embedded engine breaks a promise of the script: ${one}`),
    ...differences(factsOf(expected, header), factsOf(actual, header), header.allowances),
  ];
  return { wrong, stderr: actual.stderr };
}
