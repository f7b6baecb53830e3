import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectationInJapanese, progressInJapanese } from '../../../orchestrator/reports/japanese.ts';
import { readShow } from '../../../orchestrator/show/read-show.ts';
import { realCatalogue } from '../../support/real-catalogue.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const catalogue = await realCatalogue();
// It uses every kind of expectation.
const { show } = await readShow(join(root, 'talk-scripts/four-faults/show.yaml'), catalogue, root);
const texts = show.acts.flatMap(({ expectations }) =>
  expectations.map(({ kind, params }) => catalogue.kinds[kind]?.text(params) ?? ''),
);

describe('an expectation in Japanese', () => {
  it.each(texts)('%s', (text) => {
    const japanese = expectationInJapanese(text);
    expect(japanese).not.toMatch(/baseline|quiet|query|repeats|error|traffic|fails|because| in |tend|lift/u);
    if (text.includes(' p95 >= 1s')) expect(japanese).toBe(text);
    else expect(japanese).toMatch(/[ぁ-ん]/u);
  });

  it.each([
    [
      'storefront POST /api/orders fails because of TypeError in checkout',
      'storefront POST /api/orders の失敗の原因は checkout の TypeError',
    ],
    ['failures because of checkout', '失敗の原因は checkout'],
    [
      'catalog query "search_name LIKE" p95 >= 10x baseline',
      'catalog のクエリ「search_name LIKE」の p95 >= 平常時の10倍',
    ],
    [
      'payment -> bank p95 >= 2x baseline, calls <= 0.5x baseline',
      'payment -> bank p95 >= 平常時の2倍, calls <= 平常時の0.5倍',
    ],
    ['something of another kind', 'something of another kind'],
  ])('%s → %s', (text, japanese) => {
    expect(expectationInJapanese(text)).toBe(japanese);
  });
});

it.each([
  ['making the database (later runs reuse it)', 'データベースを作成中(次回からは再利用)'],
  ['postgres ready after 420 ms', 'postgres の準備完了(420 ms)'],
  ['something else', 'something else'],
])('tells the progress in Japanese: %s → %s', (line, japanese) => {
  expect(progressInJapanese(line)).toBe(japanese);
});
