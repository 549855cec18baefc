/** Keys of the page. Single letters act only outside fields, and can be turned off; Escape always works. */

export type ShortcutName = 'help' | 'load' | 'what-if' | 'time-zone' | 'theme' | 'pause' | 'step' | 'accounts';

export interface Shortcut {
  readonly name: ShortcutName;
  readonly key: string;
  readonly does: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { name: 'help', key: '?', does: 'This help' },
  { name: 'load', key: 'l', does: 'Load an account' },
  { name: 'accounts', key: 'a', does: 'Choose an account' },
  { name: 'what-if', key: 'w', does: 'To the what-if' },
  { name: 'pause', key: 'p', does: 'Pause or run the prices' },
  { name: 'step', key: '.', does: 'One step of the prices' },
  { name: 'time-zone', key: 't', does: 'UTC or local time' },
  { name: 'theme', key: 'd', does: 'Dark or light' },
];

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly defaultPrevented: boolean;
}

/** The shortcut a key stands for, undefined where it has none or must keep its own meaning. */
export const shortcutOf = (press: KeyPress, isInField: boolean): ShortcutName | undefined => {
  if (press.ctrlKey || press.metaKey || press.altKey || press.defaultPrevented || isInField) return undefined;
  return SHORTCUTS.find(({ key }) => key === press.key)?.name;
};
