import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './showrunner.ts';

/** Writes a show with talks that say one sentence per act; returns the path of its show.yaml. `load` as show.yaml has it. */
export function showFolder(name: string, acts: string, load = '{ profile: shoppers, rate: 20/s }'): string {
  const folder = join(temporaryFolder('show'), name);
  mkdirSync(folder);
  const names = [...acts.matchAll(/- act: (\S+)/g)].map((match) => match[1] ?? '');
  for (const language of ['en', 'ja']) {
    const talk = names.map((act) => `## act: ${act}\n\n${language === 'en' ? 'Look.' : 'ご覧ください。'}\n`);
    writeFileSync(join(folder, `talk.${language}.md`), `# ${name}\n\n${talk.join('\n')}`);
  }
  const file = join(folder, 'show.yaml');
  const head = `show: ${name}\ntitle: { en: ${name}, ja: ${name} }\nload: ${load}\nacts:\n`;
  writeFileSync(file, head + acts);
  return file;
}

/** A calm act just long enough to be compared with, and the bank getting slow. */
export const slowBank = `  - act: calm
    for: 16s
    expect:
      - quiet: { services: all }
  - act: slow-bank
    for: 20s
    faults:
      - { inject: slow-third-party, at: 1s, on: payment->bank }
    expect:
      - latency: { service: storefront, route: POST /api/orders, p95: '>= 1s' }
      - dependency: { from: payment, to: bank, p95: '>= 1s' }
      - quiet: { services: [catalog] }
    heals: { within: 15s }
`;
