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
  it('error: more values, or more fields of one object, than memory bears', () => {
    expect(faultOf(() => readJson(`[${'1,'.repeat(VALUES_MAX)}1]`)).message).toContain('more than 10 million values');
    const fields = Array.from({ length: FIELDS_MAX + 1 }, (_, i) => `"k${i}":1`);
    expect(faultOf(() => readJson(`{${fields.join(',')}}`)).message).toContain('more than 1 million fields');
  });
});
