import type { Position, Problem } from '../errors.ts';
import type { Catalogue } from '../show/catalogue.ts';
import type { Act, Language } from '../show/show.ts';
import { ProblemList, quote, type SourceFile } from '../show/source-file.ts';
import { suggest } from '../show/suggest.ts';
import { checkTarget, type Traffic } from '../show/traffic.ts';
import { readBlocks, type Block } from './blocks.ts';
import type { ActTalk, Talk, TalkPart, TalkSection } from './talk.ts';

/** What a talk is checked against: its show, as far as that could be read, and the names there are. */
export interface TalkContext {
  readonly language: Language;
  readonly acts: readonly Act[];
  /** What the loads of an act send. */
  readonly traffic: (act: string) => Traffic;
  readonly catalogue: Pick<Catalogue, 'shop'>;
}

export type ParsedTalk =
  | { readonly talk: Talk; readonly problems: readonly [] }
  | { readonly talk?: undefined; readonly problems: readonly Problem[] };

/**
 * Reads `talk.<language>.md`, or tells all problems at once. Pure.
 *
 *     # Title                                                 once, first
 *     ## act: slow-catalogue                                  each act of the show, once
 *     A paragraph is said in one breath.                      several lines are joined
 *     {{trace: catalog GET /products, slowest}}               shows a trace of this run: newest (default), slowest or failed
 *     {{tendency: checkout POST /orders, errors}}             shows what the failing requests of the act have in common
 *     {{servers}}                                             shows what a server monitor sees now
 *     ### cue: look                                           what follows is said at this cue of the act
 *     <!-- a note for the speaker, neither said nor shown -->
 */
export function parseTalk(source: SourceFile, context: TalkContext): ParsedTalk {
  const problems = new ProblemList(source);
  const blocks = readBlocks(source, problems);
  const parser = new Parser(problems, context);
  for (const block of blocks) parser.take(block);
  parser.end();
  if (!problems.empty) return { problems: problems.sorted() };
  return { talk: { language: context.language, file: source.file, acts: parser.acts }, problems: [] };
}

interface OpenSection extends TalkSection {
  readonly parts: TalkPart[];
}

interface OpenAct extends ActTalk {
  readonly name: string;
  readonly sections: OpenSection[];
}

/** `storefront POST /api/orders, newest`. */
const endpointForm = /^(\S+)\s+([A-Z]+ \S+?)(?:\s*,\s*(\S+))?$/;

const directives: readonly string[] = ['trace', 'tendency', 'servers'];
const forms =
  'write `{{trace: storefront POST /api/orders, newest}}`, `{{tendency: checkout POST /orders, errors}}` or `{{servers}}`';

interface DirectiveTarget {
  readonly endpoint: { readonly service: string; readonly route: string };
  readonly which?: string;
}

class Parser {
  readonly #problems: ProblemList;
  readonly #context: TalkContext;
  readonly #acts: OpenAct[] = [];
  #titled = false;
  /** Set by an act the show does not have: what belongs to it is not told again. */
  #lost = false;

  constructor(problems: ProblemList, context: TalkContext) {
    this.#problems = problems;
    this.#context = context;
  }

  get acts(): Talk['acts'] {
    return Object.fromEntries(
      this.#acts.map(({ name, at, sections }) => [
        name,
        { at, sections: sections.filter(({ cue, parts }) => cue !== undefined || parts.length > 0) },
      ]),
    );
  }

  take(block: Block): void {
    switch (block.kind) {
      case 'heading':
        this.#heading(block);
        break;
      case 'paragraph':
        this.#part(block.at, { kind: 'say', text: block.text });
        break;
      case 'directive': {
        const part = this.#directive(block);
        if (part) this.#part(block.at, part);
      }
    }
  }

  /** What the talk owes the show. */
  end(): void {
    const start = { file: this.#problems.file, line: 1, col: 1 };
    if (!this.#titled) this.#problems.add(start, 'the talk has no title', 'begin with `# Title`');
    for (const { name, cues } of this.#context.acts) {
      const told = this.#acts.find((act) => act.name === name);
      if (!told && name !== '')
        this.#problems.add(start, `nothing is said in the act ${quote(name)}`, `write ${quote(`## act: ${name}`)}`);
      const missing = cues.filter((cue) => told && !told.sections.some((section) => section.cue === cue.name));
      for (const cue of missing)
        this.#problems.add(
          told?.at ?? start,
          `nothing is said at the cue ${quote(cue.name)} of this act`,
          `write ${quote(`### cue: ${cue.name}`)}`,
        );
    }
    for (const act of this.#acts) this.#checkSpoken(act);
  }

  #checkSpoken({ name, at, sections }: OpenAct): void {
    if (!sections.some(isSpoken))
      this.#problems.add(at, `nothing is said in the act ${quote(name)}`, 'write a paragraph below this line');
    else
      for (const section of sections.filter(({ cue, parts }) => cue !== undefined && parts.length === 0)) {
        this.#problems.add(
          section.at,
          `nothing is said at the cue ${quote(section.cue)}`,
          'write a paragraph below this line',
        );
      }
  }

  #heading({ at, level, text }: Extract<Block, { kind: 'heading' }>): void {
    const [, keyword, name] = /^(act|cue):\s*(.*)$/.exec(text) ?? [];
    if (level === 1 && !this.#titled && this.#acts.length === 0) this.#titled = true;
    else if (level === 2 && keyword === 'act' && name) this.#act(at, name);
    else if (level === 3 && keyword === 'cue' && name) this.#cue(at, name);
    else
      this.#problems.add(
        at,
        `${quote(`${'#'.repeat(level)} ${text}`)} is no heading of a talk`,
        'one `# title`, then `## act: name` and `### cue: name`',
      );
  }

  #act(at: Position, name: string): void {
    const names = this.#context.acts.map((act) => act.name);
    this.#lost = !names.includes(name);
    if (this.#lost) this.#problems.add(at, `the show has no act ${quote(name)}`, suggest(name, names));
    const first = this.#acts.find((act) => act.name === name);
    if (first)
      this.#problems.add(
        at,
        `the act ${quote(name)} is already told in line ${first.at.line}`,
        'tell an act in one place',
      );
    if (!this.#lost) this.#acts.push({ name, at, sections: [{ at, parts: [] }] });
  }

  #cue(at: Position, name: string): void {
    const act = this.#acts.at(-1);
    if (this.#lost) return;
    if (!act) return this.#problems.add(at, 'a cue belongs to an act', 'write `## act: name` above it');
    const cues = this.#context.acts.find((known) => known.name === act.name)?.cues.map((cue) => cue.name) ?? [];
    const first = act.sections.find((section) => section.cue === name);
    if (!cues.includes(name))
      this.#problems.add(at, `the act ${quote(act.name)} has no cue ${quote(name)}`, suggest(name, cues));
    else if (first)
      this.#problems.add(
        at,
        `the cue ${quote(name)} is already told in line ${first.at.line}`,
        'tell a cue in one place',
      );
    act.sections.push({ cue: name, at, parts: [] });
  }

  #part(at: Position, part: TalkPart): void {
    const section = this.#acts.at(-1)?.sections.at(-1);
    if (this.#lost) return;
    if (section) section.parts.push(part);
    else
      this.#problems.add(
        at,
        'this stands before the first act',
        'write `## act: name` above it, or make it a note: `<!-- … -->`',
      );
  }

  #directive({ at, text }: Extract<Block, { kind: 'directive' }>): TalkPart | undefined {
    const [name = '', argument = ''] = text.split(/:(.*)/s, 2).map((piece) => piece.trim());
    if (name === 'servers' && argument === '') return { kind: 'show-servers' };
    const target = targetOf(argument);
    if (target && name === 'trace') return this.#trace(at, target);
    if (target && name === 'tendency') return this.#tendency(at, target);
    const meant = suggest(name, directives);
    const misspelt = meant.startsWith('did you mean') && !directives.includes(name);
    this.#problems.add(at, `${quote(`{{${text}}}`)} shows nothing`, misspelt ? meant : forms);
    return undefined;
  }

  #tendency(at: Position, { endpoint, which: of = 'errors' }: DirectiveTarget): TalkPart | undefined {
    checkTarget(this.#targetContext, endpoint, { service: at, route: at });
    if (of === 'errors') return { kind: 'show-tendency', ...endpoint, of };
    this.#problems.add(at, `${quote(of)} names no requests to compare`, suggest(of, ['errors']));
    return undefined;
  }

  #trace(at: Position, { endpoint, which: pick = 'newest' }: DirectiveTarget): TalkPart | undefined {
    checkTarget(this.#targetContext, endpoint, { service: at, route: at });
    if (isPick(pick)) return { kind: 'show-trace', ...endpoint, pick };
    this.#problems.add(at, `${quote(pick)} picks no trace`, suggest(pick, picks));
    return undefined;
  }

  get #targetContext() {
    const { catalogue, traffic } = this.#context;
    return { problems: this.#problems, catalogue, traffic: traffic(this.#acts.at(-1)?.name ?? '') };
  }
}

function isSpoken({ parts }: TalkSection): boolean {
  return parts.some(({ kind }) => kind === 'say');
}

function targetOf(argument: string): DirectiveTarget | undefined {
  const [, service, route, which] = endpointForm.exec(argument) ?? [];
  if (service === undefined || route === undefined) return undefined;
  return { endpoint: { service, route }, ...(which === undefined ? {} : { which }) };
}

type Pick_ = Extract<TalkPart, { kind: 'show-trace' }>['pick'];
const picks = ['newest', 'slowest', 'failed'] as const satisfies readonly Pick_[];

function isPick(text: string): text is Pick_ {
  return (picks as readonly string[]).includes(text);
}
