// A script may import a local module, and read JSON with open.
// docs: using-k6/modules
// promises: exit 0, iterations 1, console 2
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { price, default as shop } from './lib/goods.js';
import * as all from './lib/goods.js';

export default function () {
  console.log(shop, price('plate'), Object.keys(all).sort().join());
  console.log(all.count());
}
