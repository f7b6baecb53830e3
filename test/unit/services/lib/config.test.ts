import { describe, expect, it } from 'vitest';
import { isAtLeast } from '../../../../services/lib/config.ts';

describe('isAtLeast', () => {
  it('compares the parts of a version as numbers', () => {
    expect(isAtLeast('1.10.0', '1.9.0')).toBe(true);
    expect(isAtLeast('1.9.0', '1.10.0')).toBe(false);
    expect(isAtLeast('2.5.0', '2.5.0')).toBe(true);
  });
});
