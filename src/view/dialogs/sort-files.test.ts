import { describe, expect, it } from 'vitest';
import { sortFiles } from './sort-files.ts';

const file = (name: string) => ({ name });

describe('sortFiles', () => {
  it('takes a single file for the book', () => {
    expect(sortFiles([file('meta.json')])).toEqual({ book: file('meta.json'), meta: undefined });
    expect(sortFiles([])).toEqual({ book: undefined, meta: undefined });
  });

  it('knows the tables by name, whichever came first', () => {
    expect(sortFiles([file('hl-meta.json'), file('state.json')])).toEqual({ book: file('state.json'), meta: file('hl-meta.json') });
    expect(sortFiles([file('state.json'), file('marginTables.json')])).toEqual({
      book: file('state.json'),
      meta: file('marginTables.json'),
    });
  });

  it('takes the second for the tables when no name tells', () => {
    expect(sortFiles([file('a.json'), file('b.json')])).toEqual({ book: file('a.json'), meta: file('b.json') });
  });
});
