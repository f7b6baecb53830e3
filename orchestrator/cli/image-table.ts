import Table from 'cli-table3';
import type { ImageStatus } from '../runtime/containers/images/status.ts';

/** Images as a table: which are there, and how to get the others. */
export function imageTable(images: readonly ImageStatus[]): string {
  const table = new Table({
    head: ['image', 'for', 'is there', 'to get it'],
    style: { head: [], border: [], compact: true },
    chars: borders,
  });
  for (const { name, use, present, sizeMb, needed, remedy } of images) {
    table.push([name, use, present ? `yes, ${sizeMb} MB` : needed ? 'no, needed' : 'no', remedy ?? '']);
  }
  return table.toString().replace(/ +$/gmu, '');
}

const ends = ['', '-mid', '-left', '-right'];
const lines = ['top', 'bottom'].flatMap((line) => ends.map((end) => `${line}${end}`));
/** None: a space on each side of a cell is enough. */
const borders = {
  ...Object.fromEntries(
    [...lines, 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'].map((name) => [name, '']),
  ),
  middle: '',
};
