// An import of a file that is not there ends the test at its begin with exit code 107.
// docs: using-k6/modules
// promises: exit 107, console 0
// tells: no-such-module.js

import { nothing } from './lib/no-such-module.js';

export default function () {
  console.log(nothing);
}
