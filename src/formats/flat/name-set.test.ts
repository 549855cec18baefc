import { describe, expect, it } from 'vitest';
import { NameSet } from './name-set.ts';

describe('NameSet', () => {
  it('default: −1 for a new name, else how many came before it', () => {
    const names = new NameSet();
    expect(['a', '', 'b', 'a', '', 'ab', 'b'].map((name) => names.add(name))).toEqual([-1, -1, -1, 0, 1, -1, 2]);
  });

  it('behavior: tells a hundred thousand names apart as a Set does', () => {
    const names = new NameSet();
    const known = new Map<string, number>();
    let wrong = 0;
    for (let i = 0; i < 150_000; i++) {
      const name = ((i * 7919) % 100_003).toString(36).repeat(1 + (i % 3));
      if (names.add(name) !== (known.get(name) ?? -1)) wrong++;
      if (!known.has(name)) known.set(name, known.size);
    }
    expect(wrong).toBe(0);
    expect(known.size).toBeGreaterThan(100_000);
  });
});
