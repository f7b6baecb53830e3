import { z } from 'zod';
import { cueMoments, languages } from './show.ts';
import { quote } from './source-file.ts';
import { durationPattern, parseDuration, parsePercent, parseRate, percentPattern, ratePattern } from './units.ts';

// The structure of show.yaml. The names in it (faults, services, kinds) are checked against the catalogue, not here.
// `examples` become hints; `description` is what an editor shows.

const bad = (what: string) => (issue: { readonly input?: unknown }) => `bad ${what} ${quote(issue.input)}`;

const durationText = z
  .string({ error: bad('duration') })
  .regex(durationPattern, { error: bad('duration') })
  .meta({ examples: ['500ms', '40s', '1m30s', '2m'] });

const moment = durationText.transform(parseDuration);
const duration = moment.refine((ms) => ms > 0, { error: 'a duration of 0 lets nothing happen' });

const rate = z
  .string({ error: bad('rate') })
  .regex(ratePattern, { error: bad('rate') })
  .meta({ examples: ['20/s', '90/min'], description: 'Visits per second or minute.' })
  .transform(parseRate)
  .refine((perSecond) => perSecond > 0, { error: 'a rate of 0 is no load' });

const percent = z
  .string({ error: bad('percentage') })
  .regex(percentPattern, { error: bad('percentage') })
  .meta({ examples: ['100%', '25%'], description: 'Share of the requests concerned.' })
  .transform(parsePercent)
  .refine((share) => share > 0 && share <= 1, { error: 'more than 0% and at most 100%' });

const name = z
  .string({ error: bad('name') })
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: bad('name') })
  .max(60, { error: 'a name has at most 60 characters' })
  .meta({ examples: ['slow-catalogue'], description: 'Lower-case letters and digits, words joined by `-`.' });

const said = z
  .string({ error: bad('text') })
  .trim()
  .min(1, { error: 'nothing is written here' })
  .describe(`A title is needed in every language: ${languages.join(', ')}.`);
const translated = z
  .strictObject({ en: said, ja: said })
  .meta({ examples: [`{${languages.map((language) => `${language}: …`).join(', ')}}`] });

const advance = z
  .enum(['clock', 'evidence', 'cue'])
  .describe(
    'What ends the act: `clock` its time, `evidence` every expectation met (at the latest its time), `cue` the presenter.',
  );

// Replaced by what the catalogue knows when the JSON Schema is written; read piece by piece when a show is loaded.
const mapping = z.record(z.string(), z.unknown(), {
  error: (issue) => `expected a mapping, not ${quote(issue.input)}`,
});
const sequence = z.array(z.unknown(), { error: (issue) => `expected a list, not ${quote(issue.input)}` });

export const showShape = {
  show: name,
  title: translated,
  backend: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .meta({ examples: ['embedded'], description: 'The backends that are asked; `embedded` by default.' }),
  load: z
    .union([mapping, sequence.min(1, { error: 'a show needs at least one load' })], {
      error: ({ input }) => `expected a mapping or a list, not ${quote(input)}`,
    })
    .meta({ examples: ['{profile: shoppers, rate: 20/s}'], description: 'One load, or a list of them.' }),
  advance: advance.optional(),
  acts: sequence.min(1, { error: 'a show needs at least one act' }).meta({ examples: ['- act: calm'] }),
};

const actName = z.string({ error: bad('act') }).meta({ examples: ['slow-catalogue'] });

export const loadShape = {
  profile: z.string({ error: bad('profile') }).meta({
    examples: ['shoppers', './my-script.ts'],
    description: 'A name in load-profiles/profiles.yaml, or the path of a k6 script from the folder of this file.',
  }),
  rate,
  duration: duration.optional().describe('How long the script plays; as long as its acts by default.'),
  env: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .optional()
    .describe('Further `__ENV` of the k6 script.'),
  from: actName.optional().describe('The act it begins with; before the first one by default.'),
  until: actName.optional().describe('The act it no longer plays in; it plays to the end by default.'),
};

export const actShape = {
  act: name,
  title: translated.optional(),
  for: duration.describe('How long the act plays before its faults are removed.'),
  advance: advance.optional(),
  faults: sequence.optional(),
  expect: sequence.optional(),
  heals: mapping.optional(),
  cues: mapping.optional(),
};

export const healsShape = {
  within: duration.describe('How long the backend has to show that everything is well again.'),
};

/** A cue's moment: a time after the act's start, or the first moment of a kind. */
export const cueMoment = z
  .union([z.enum(cueMoments), moment], { error: bad('moment') })
  .meta({ examples: ['12s', ...cueMoments] });

export const cueName = name;

export const injectionShape = {
  inject: z
    .string({ error: bad('fault') })
    .meta({ examples: ['n-plus-one'], description: 'A fault of the catalogue.' }),
  at: moment.optional().describe('After the act’s start; `0s` by default.'),
  for: duration.optional().describe('How long it stays; until the act ends by default.'),
  on: z
    .string({ error: bad('target') })
    .optional()
    .meta({ description: 'The service, or link `caller->callee`; the fault’s own by default.' }),
  intensity: percent.optional(),
  ttl: duration.optional().describe('It is undone at the latest after this time, whatever else happens.'),
  with: mapping.optional().describe('The fault’s own parameters.'),
};

/** What every expectation may say beside its kind's own parameters. */
export const envelopeShape = {
  within: duration.optional().describe('From the faults being in force; the rest of the act by default, at most 30s.'),
  min: z
    .int({ error: bad('number of requests') })
    .nonnegative({ error: 'not less than 0 requests' })
    .optional()
    .meta({ examples: [20], description: 'Requests the judged window needs.' }),
};
