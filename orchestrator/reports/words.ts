import type { RunEvent } from '../conductor/events.ts';
import type { Verdict } from '../expectations/expectation.ts';
import type { Language } from '../show/show.ts';
import { expectationInJapanese, progressInJapanese } from './japanese.ts';

type Ended = Extract<RunEvent, { type: 'run-ended' }>;

/** What the console says in one language. */
export interface Words {
  readonly verdict: Readonly<Record<Verdict, string>>;
  readonly outcome: Readonly<Record<Ended['outcome'], string>>;
  readonly columns: readonly [
    act: string,
    expectation: string,
    verdict: string,
    visible: string,
    values: string,
    recovery: string,
  ];
  /** Below a table of several backends. */
  readonly computed: string;
  readonly judgedByAnother: string;
  readonly disagreements: string;
  readonly setting: (runtime: string, engine: string, backends: string) => string;
  readonly ready: (after: string, url: string) => string;
  readonly injected: (fault: string) => string;
  readonly proven: (evidence: string) => string;
  readonly unproven: (evidence: string) => string;
  readonly undone: (fault: string) => string;
  readonly notUndone: (fault: string, evidence: string) => string;
  /** What an expectation, or a recovery, is about; a line of the runtime's progress. In their own words where these are not known. */
  readonly expectation: (text: string) => string;
  readonly progress: (line: string) => string;
  readonly recovery: (text: string) => string;
  readonly noTrace: (endpoint: string) => string;
  readonly trace: (endpoint: string, id: string) => string;
  /** The requests compared, and one line per attribute value: its share among those that failed, and among the others. */
  readonly tendency: (endpoint: string) => string;
  readonly noTendency: (endpoint: string) => string;
  readonly share: (value: string, bad: string, good: string) => string;
  readonly servers: (up: number, expected: number, cpu: number, memory: number) => string;
  readonly crashed: (process: string, exit: string) => string;
  readonly trouble: (message: string) => string;
  readonly holding: string;
  /** A load begins, and stops, while the show plays. */
  readonly loadStarted: (profile: string, perSecond: number) => string;
  readonly loadStopped: (profile: string) => string;
  readonly loadEnded: (error: string) => string;
  readonly total: (met: number, all: number) => string;
  readonly readyIn: (after: string) => string;
  readonly load: (requests: number, failed: number, dropped: number, p95: string) => string;
  readonly memory: (peak: number, processes: string) => string;
  readonly leftovers: (names: string) => string;
  readonly files: (folder: string) => string;
  /** The live line: requests per second, 95th percentile, faults in force. */
  readonly rate: (perSecond: number, p95: string) => string;
  readonly left: (time: string) => string;
  readonly inForce: (faults: string) => string;
}

const en: Words = {
  verdict: {
    met: 'met',
    'not-met': 'not met',
    'not-applied': 'not applied',
    unverified: 'unverified',
    'no-load': 'no load',
  },
  outcome: { passed: 'PASSED', failed: 'FAILED', interrupted: 'INTERRUPTED' },
  columns: ['act', 'expectation', 'verdict', 'visible', 'before → now', 'recovery'],
  computed: '* computed by Showrunner from the traces of the backend',
  judgedByAnother: '† judged by the embedded backend: this one cannot be asked',
  disagreements: 'where the backends do not agree:',
  setting: (runtime, engine, backends) => `runtime ${runtime}, load engine ${engine}, backend ${backends}`,
  ready: (after, url) => `shop ready after ${after}: ${url}`,
  injected: (fault) => `fault injected: ${fault}`,
  proven: (evidence) => `proven at the source: ${evidence}`,
  unproven: (evidence) => `not proven at the source: ${evidence}`,
  undone: (fault) => `fault taken back: ${fault}`,
  notUndone: (fault, evidence) => `fault still in force: ${fault} (${evidence})`,
  expectation: (text) => text,
  progress: (line) => line,
  recovery: (text) => `recovery of ${text}`,
  noTrace: (endpoint) => `no trace of ${endpoint} yet`,
  trace: (endpoint, id) => `a trace of ${endpoint} (${id})`,
  tendency: (endpoint) => `what the failing requests of ${endpoint} share, and the others do not`,
  noTendency: (endpoint) => `nothing sets the failing requests of ${endpoint} apart`,
  share: (value, bad, good) => `${value}: ${bad} of those that fail, ${good} of the others`,
  servers: (up, expected, cpu, memory) =>
    `server monitor: ${up} of ${expected} processes up, CPU ${cpu} %, memory ${memory} MB`,
  crashed: (process, exit) => `${process} ended unasked (${exit}); its last lines:`,
  trouble: (message) => `trouble: ${message}`,
  holding: 'the show is over; shop and load stay up until Ctrl-C',
  loadStarted: (profile, perSecond) => `load begins: ${profile}, ${perSecond}/s`,
  loadStopped: (profile) => `load stopped: ${profile}`,
  loadEnded: (error) => `the load engine failed: ${error}`,
  total: (met, all) => `${met} of ${all} verdicts met`,
  readyIn: (after) => `ready in ${after}`,
  load: (requests, failed, dropped, p95) => `${requests} requests, ${failed} failed, ${dropped} dropped, p95 ${p95}`,
  memory: (peak, processes) => `peak memory ${peak} MB: ${processes}`,
  leftovers: (names) => `left behind: ${names}`,
  files: (folder) => `journal.jsonl, junit.xml and summary.json are in ${folder}`,
  rate: (perSecond, p95) => `${perSecond} req/s, p95 ${p95}`,
  left: (time) => `${time} left`,
  inForce: (faults) => `in force: ${faults}`,
};

const ja: Words = {
  verdict: {
    met: '確認',
    'not-met': '現れず',
    'not-applied': '障害未発生',
    unverified: '検証不能',
    'no-load': '負荷不足',
  },
  outcome: { passed: '合格', failed: '不合格', interrupted: '中断' },
  columns: ['幕', '期待', '判定', '見えるまで', '平常時 → 今', '回復'],
  computed: '* バックエンドのトレースから Showrunner が計算した値',
  judgedByAnother: '† 問い合わせできないバックエンドのため、embedded が判定した値',
  disagreements: 'バックエンドの判定が食い違うもの:',
  setting: (runtime, engine, backends) => `実行環境 ${runtime}、負荷エンジン ${engine}、バックエンド ${backends}`,
  ready: (after, url) => `${after}でショップの準備ができました: ${url}`,
  injected: (fault) => `障害を注入: ${fault}`,
  proven: (evidence) => `発生元で確認: ${evidence}`,
  unproven: (evidence) => `発生元で確認できません: ${evidence}`,
  undone: (fault) => `障害を解除: ${fault}`,
  notUndone: (fault, evidence) => `障害が残っています: ${fault}(${evidence})`,
  expectation: expectationInJapanese,
  progress: progressInJapanese,
  recovery: (text) => `回復: ${text}`,
  noTrace: (endpoint) => `${endpoint} のトレースはまだありません`,
  trace: (endpoint, id) => `${endpoint} のトレース(${id})`,
  tendency: (endpoint) => `失敗した ${endpoint} に共通し、ほかには少ない値`,
  noTendency: (endpoint) => `失敗した ${endpoint} に目立った共通点はありません`,
  share: (value, bad, good) => `${value}: 失敗の ${bad}、それ以外の ${good}`,
  servers: (up, expected, cpu, memory) =>
    `サーバー監視: プロセス ${expected} 個中 ${up} 個が稼働、CPU ${cpu} %、メモリ ${memory} MB`,
  crashed: (process, exit) => `${process} が予期せず終了しました(${exit})。最後のログ:`,
  trouble: (message) => `問題: ${message}`,
  holding: 'ショーは終わりました。ショップと負荷は Ctrl-C まで動き続けます',
  loadStarted: (profile, perSecond) => `負荷を開始: ${profile}、毎秒 ${perSecond} 件`,
  loadStopped: (profile) => `負荷を停止: ${profile}`,
  loadEnded: (error) => `負荷エンジンが失敗しました: ${error}`,
  total: (met, all) => `判定 ${all} 件中 ${met} 件を確認`,
  readyIn: (after) => `準備 ${after}`,
  load: (requests, failed, dropped, p95) =>
    `リクエスト ${requests} 件、失敗 ${failed} 件、未実行 ${dropped} 件、p95 ${p95}`,
  memory: (peak, processes) => `最大メモリ ${peak} MB: ${processes}`,
  leftovers: (names) => `片付けられなかったもの: ${names}`,
  files: (folder) => `journal.jsonl、junit.xml、summary.json は ${folder} にあります`,
  rate: (perSecond, p95) => `${perSecond} 件/秒、p95 ${p95}`,
  left: (time) => `残り ${time}`,
  inForce: (faults) => `発生中: ${faults}`,
};

export const words: Readonly<Record<Language, Words>> = { en, ja };
