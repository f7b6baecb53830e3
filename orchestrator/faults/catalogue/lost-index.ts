import { z } from 'zod';
import type { Fault } from '../fault.ts';
import type { DatabaseLever } from '../levers/database.ts';

const parameters = z.strictObject({
  index: z
    .string()
    .default('products_name_prefix_idx')
    .meta({ description: 'An index whose first key is text, like the one of the search by prefix.' }),
});

interface Index {
  readonly name: string;
  readonly table: string;
  readonly definition: string;
  /** What it is sorted by first: a column or an expression. */
  readonly key: string;
}

export const lostIndex: Fault<z.output<typeof parameters>> = {
  story: 'Last night’s migration dropped an index that nobody missed, and the search crawls.',
  mechanism: 'DROP INDEX: each search by the beginning of a name reads the whole table of products.',
  signature:
    'One query of catalog, named by its text, goes from about a millisecond to a hundred and more; GET /search follows; other queries as before.',
  needs: ['database'],
  targets: ['catalog'],
  traffic: [{ service: 'catalog', route: 'GET /search' }],
  with: parameters,
  async inject({ levers: { database }, with: { index: name } }) {
    const index = await describeIndex(database, name);
    await database.query(`DROP INDEX ${index.name}`);
    return {
      undo: () => restore(database, index),
      async proof() {
        const { scan, line } = await searchPlan(database, index);
        return { proven: scan === 'whole table', evidence: `plan of the search: ${line}` };
      },
      async undone() {
        const { scan, line } = await searchPlan(database, index);
        return { proven: scan === 'index', evidence: `plan of the search: ${line}` };
      },
    };
  },
};

async function describeIndex(database: DatabaseLever, name: string): Promise<Index> {
  const [found] = await database.query(
    `SELECT indexrelid::regclass::text AS name, indrelid::regclass::text AS table,
            pg_get_indexdef(indexrelid) AS definition, pg_get_indexdef(indexrelid, 1, true) AS key
     FROM pg_index WHERE indexrelid = to_regclass($1)`,
    [name],
  );
  if (!found) throw new Error(`the database has no index ${name}`);
  const text = (column: string) => String(found[column]);
  return { name: text('name'), table: text('table'), definition: text('definition'), key: text('key') };
}

/** Built again from its own definition; without fresh statistics on its expression the planner would not trust it. */
async function restore(database: DatabaseLever, index: Index): Promise<void> {
  const [there] = await database.query('SELECT to_regclass($1) IS NOT NULL AS yes', [index.name]);
  if (there?.['yes'] !== true) await database.query(index.definition);
  await database.query(`ANALYZE ${index.table}`);
}

/** How the database would answer a search by prefix now, and the line of the plan that says so. */
async function searchPlan(database: DatabaseLever, { name, table, key }: Index) {
  const rows = await database.query(`EXPLAIN SELECT * FROM ${table} WHERE ${key} LIKE 'oak%' ORDER BY ${key} LIMIT 20`);
  const lines = rows.map((row) => String(row['QUERY PLAN']).replace('->', '').trim());
  const whole = lines.find((line) => line.includes('Seq Scan'));
  const byIndex = lines.find((line) => line.includes(name));
  if (whole) return { scan: 'whole table', line: whole } as const;
  return { scan: byIndex ? 'index' : 'another way', line: byIndex ?? lines[0] ?? 'empty' } as const;
}
