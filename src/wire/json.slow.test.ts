import { describe, expect, it } from 'vitest';
import { type Fault, InputError } from '../domain/fault.ts';
import { FIELDS_MAX, readJson, VALUES_MAX } from './json.ts';

const faultOf = (read: () => unknown): Fault => {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError && error.faults.length === 1) return error.faults[0]!;
    throw error;
  }
  throw new Error('was read');
};

describe('BF-2 readJson: bounds', () => {
  it('error: more fields of one object than memory bears, and no value more than the bound', () => {
    const fields = Array.from({ length: FIELDS_MAX + 1 }, (_, i) => `"k${i}":1`);
    expect(faultOf(() => readJson(`{${fields.join(',')}}`)).message).toContain('more than 1 million fields');
    expect(VALUES_MAX).toBe(10_000_000);
    const bounds = { values: 1_000, fields: FIELDS_MAX };
    expect(readJson(`[${'1,'.repeat(998)}1]`, bounds)).toHaveLength(999);
    expect(faultOf(() => readJson(`[${'1,'.repeat(999)}1]`, bounds)).message).toContain('more than 0.001 million values');
  });
});
