import { describe, expect, it } from 'vitest';
import { SHORTCUTS, shortcutOf } from './shortcuts.ts';

const press = (key: string, more: object = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  ...more,
});

describe('shortcuts', () => {
  it('has one key for one thing', () => {
    expect(new Set(SHORTCUTS.map(({ key }) => key)).size).toBe(SHORTCUTS.length);
    expect(shortcutOf(press('?'), false)).toBe('help');
    expect(shortcutOf(press('x'), false)).toBeUndefined();
  });

  it('leaves fields, modified keys and answered keys alone', () => {
    expect(shortcutOf(press('l'), true)).toBeUndefined();
    expect(shortcutOf(press('l', { ctrlKey: true }), false)).toBeUndefined();
    expect(shortcutOf(press('l', { metaKey: true }), false)).toBeUndefined();
    expect(shortcutOf(press('l', { defaultPrevented: true }), false)).toBeUndefined();
  });
});
