import { describe, expect, it } from 'vitest';
import { keepOrder } from './keep-order.ts';

describe('keepOrder', () => {
  const id = (text: string): string => text;

  it('keeps the order held, whatever the new one', () => {
    expect(keepOrder(['c', 'a', 'b'], ['a', 'b', 'c'], id)).toEqual(['a', 'b', 'c']);
  });

  it('puts new rows at the end in their own order and forgets those that are gone', () => {
    expect(keepOrder(['z', 'c', 'y', 'a'], ['a', 'b', 'c'], id)).toEqual(['a', 'c', 'z', 'y']);
  });
});
