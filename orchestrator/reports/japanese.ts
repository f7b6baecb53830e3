type Rules = readonly (readonly [form: RegExp, japanese: string])[];

// The texts of expectations and the lines of a start come with the events in English. Their forms are few and known; what is not
// among them stays as it is.

const expectations: Rules = [
  [/^all services quiet$/u, '全サービスに異変なし'],
  [/^(.+) quiet$/u, '$1 に異変なし'],
  [/^(.+) repeats one query (.+)$/u, '$1 で同じクエリの繰り返し $2'],
  [/^(.+) fails because of /u, '$1 の失敗の原因は '],
  [/^failures because of /u, '失敗の原因は '],
  [/の原因は (\S+) in (\S+)$/u, 'の原因は $2 の $1'],
  [/^(.+) errors tend to (.+), lift (.+)$/u, '$1 の失敗は $2 に偏る(リフト $3)'],
  [/^(.+) slow tend to (.+), lift (.+)$/u, '$1 の遅延は $2 に偏る(リフト $3)'],
  [/^(.+) is called$/u, '$1 の呼び出しあり'],
  [/^(\S+) query "(.+)" p95 /u, '$1 のクエリ「$2」の p95 '],
  [/ error rate /u, ' のエラー率 '],
  [/ traffic /u, ' のリクエスト数 '],
  [/([\d.]+)x baseline/gu, '平常時の$1倍'],
];

const progress: Rules = [
  [/^(\S+) ready after (\d+ ms)$/u, '$1 の準備完了($2)'],
  [/^making the database .*$/u, 'データベースを作成中(次回からは再利用)'],
  [
    /^the cached database does not start and is made anew \((.+)\)$/u,
    '保存済みのデータベースが起動しないため作り直します($1)',
  ],
  [/^the database could not be kept: (.+)$/u, 'データベースを保存できません: $1'],
  [
    /^(\S+): new connections were not held while it was replaced \((.+)\)$/u,
    '$1: 入れ替え中の新しい接続を保留できません($2)',
  ],
  [/^load engine (\S+): k6 (.+) is there$/u, '負荷エンジン $1: k6 $2 があります'],
  [/^load engine (\S+): (.+)$/u, '負荷エンジン $1: $2'],
  [/^removed what was left of (.+)$/u, '前回の残りを片付けました: $1'],
  [/^what killed runs left could not be removed: (.+)$/u, '前回の残りを片付けられません: $1'],
];

/** What an expectation is about, for a Japanese reader: `catalog GET /products p95 >= 平常時の2倍`. */
export function expectationInJapanese(text: string): string {
  return translate(text, expectations);
}

/** A line of the runtime's progress in Japanese. */
export function progressInJapanese(line: string): string {
  return translate(line, progress);
}

function translate(text: string, rules: Rules): string {
  return rules.reduce((said, [form, japanese]) => said.replace(form, japanese), text);
}
