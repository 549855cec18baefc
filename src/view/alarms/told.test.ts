import { describe, expect, it } from 'vitest';
import { createTold } from './told.ts';

const said = (...ids: readonly string[]) => ids.map((id) => ({ id }));
const MINUTE_MS = 60_000;

describe('JN-8, JN-10 what is heard, once', () => {
  it('the engine says a thing twice: a replay watched again is heard again, however soon', () => {
    const told = createTold();
    expect(told.fresh(said('a-1', 'a-2'), [], 0)).toEqual(said('a-1', 'a-2'));
    expect(told.fresh(said('a-1'), [], 5)).toEqual(said('a-1'));
  });

  it('two tabs say the same at about the same time: it is heard once, whoever is first', () => {
    const told = createTold();
    expect(told.fresh(said('a-1'), said('a-1', 'b-1'), 0)).toEqual(said('a-1', 'b-1'));
    expect(told.fresh(said('b-1'), [], MINUTE_MS)).toEqual([]);
    expect(told.fresh(said('b-1'), [], MINUTE_MS + 1)).toEqual(said('b-1'));
  });

  it('what other tabs said is looked at again and again and heard once; said anew after a minute it is heard again', () => {
    const told = createTold();
    const [first, second] = [said('a-1'), said('a-1')];
    expect(told.fresh([], first, 0)).toEqual(first);
    expect(told.fresh([], first, 2 * MINUTE_MS)).toEqual([]);
    expect(told.fresh([], [...first, ...second], 3 * MINUTE_MS)).toEqual(second);
  });
});
