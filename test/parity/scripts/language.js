// What of JavaScript a script may use: modern syntax, generators, regular expressions, dates, typed arrays.
// docs: using-k6/javascript-typescript-compatibility-mode
// promises: exit 0, iterations 1, console 12
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export default async function () {
  const { a, ...rest } = { a: 1, b: 2, c: [3, 4] };
  console.log(JSON.stringify({ a, rest, deep: rest.c?.[1] ?? 'none', gone: rest.d?.e ?? 'none' }));
  class Shop {
    #sold = 0;
    static made = 1;
    sell(n = 1) {
      this.#sold += n;
      return this.#sold;
    }
  }
  console.log(new Shop().sell(2), Shop.made, typeof Shop);
  function* numbers() {
    for (let i = 0; i < 3; i++) yield i;
  }
  console.log([...numbers()].join(), Array.from({ length: 3 }, (_, i) => i * 2).join());
  console.log('2026-01-02'.replace(/(?<year>\d+)-(?<month>\d+)/, '$<month>/$<year>'), 'a-b-c'.replaceAll('-', '+'));
  console.log([3, 1, 2].sort().join(), [1, [2, [3]]].flat(2).join(), [1, 2, 3].at(-1), [1, 2].includes(2));
  console.log(new Date(Date.UTC(2026, 0, 2, 3, 4, 5)).toISOString(), JSON.stringify(new Date(0)));
  console.log(new Uint8Array([1, 2, 300]).join(), new Map([['k', 'v']]).get('k'), new Set([1, 1]).size);
  console.log(Number('0x1f'), parseInt('12px', 10), (0.1 + 0.2).toFixed(2), 2 ** 10, 1_000, (255).toString(16));
  console.log(
    await Promise.all([1, Promise.resolve(2)]).then((all) => all.join()),
    (await Promise.allSettled([Promise.reject(1)]))[0].status,
  );
  console.log(
    Object.entries({ x: 1 }).join(),
    Object.fromEntries([['y', 2]]).y,
    'abc'.padStart(5, '.'),
    encodeURIComponent('ä &'),
  );
  console.log(typeof globalThis, typeof window, typeof process, typeof require, typeof URL, typeof setTimeout);
  label: for (const i of [1, 2]) {
    for (const j of [1, 2]) {
      if (j === 2) continue label;
      if (i === 2) console.log('labels', i, j);
    }
  }
}
