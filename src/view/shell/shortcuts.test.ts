import { describe, expect, it } from 'vitest';
import { prefixOf, SHORTCUTS, shortcutOf } from './shortcuts.ts';

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

  it('has shortcuts of two letters', () => {
    expect(prefixOf(press('g'), false)).toBe('g ');
    expect(prefixOf(press('g'), true)).toBe('');
    expect(prefixOf(press('d'), false)).toBe('');
    expect(shortcutOf(press('d'), false, 'g ')).toBe('desk');
    expect(shortcutOf(press('d'), false)).toBe('theme');
    expect(shortcutOf(press('d'), true, 'g ')).toBeUndefined();
  });

  it('leaves fields, modified keys and answered keys alone', () => {
    expect(shortcutOf(press('l'), true)).toBeUndefined();
    expect(shortcutOf(press('l', { ctrlKey: true }), false)).toBeUndefined();
    expect(shortcutOf(press('l', { metaKey: true }), false)).toBeUndefined();
    expect(shortcutOf(press('l', { defaultPrevented: true }), false)).toBeUndefined();
  });
});
