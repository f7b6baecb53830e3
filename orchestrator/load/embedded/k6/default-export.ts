import { refuse } from './bridge.ts';

/** What `import http from 'k6/http'` gives where the bundler cannot see what is made of it: a script may write to it, as in k6. */
export function defaultExport(module: string, members: Readonly<Record<string, unknown>>): object {
  return new Proxy<Record<string, unknown>>(
    { ...members },
    {
      get: (object, name) => {
        if (name in object || typeof name === 'symbol' || passed.has(name)) return object[name as string];
        return refuse(`${module}: \`${name}\``);
      },
    },
  );
}

/** What an interpreter asks of any object. */
const passed = new Set(['then', 'toJSON', 'default', '__esModule']);
