import { describe, expect, it } from 'vitest';
import { latestOnly } from './use-latest.ts';

describe('latestOnly', () => {
  it('runs one at a time and only the newest of those that waited', async () => {
    const seen: number[] = [];
    const release: (() => void)[] = [];
    const ask = latestOnly((value: number) => {
      seen.push(value);
      return new Promise<void>((resolve) => release.push(resolve));
    });
    ask(1);
    ask(2);
    ask(3);
    expect(seen).toEqual([1]);
    release.shift()!();
    await new Promise((resolve) => setTimeout(resolve));
    expect(seen).toEqual([1, 3]);
  });

  it('goes on after a call that failed', async () => {
    const seen: number[] = [];
    const ask = latestOnly((value: number) => {
      seen.push(value);
      return Promise.reject(new Error('refused'));
    });
    ask(1);
    ask(2);
    await new Promise((resolve) => setTimeout(resolve));
    expect(seen).toEqual([1, 2]);
  });
});
