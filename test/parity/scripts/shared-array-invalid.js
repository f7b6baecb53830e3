// A SharedArray whose function gives no array, or that is made in an iteration, is an error.
// docs: javascript-api/k6-data/sharedarray
// promises: exit 107, console 0
// tells: shared-array-invalid.js:8:

import { SharedArray } from 'k6/data';

new SharedArray('nothing', () => ({ not: 'an array' }));

export default function () {
  console.log('never said');
}
