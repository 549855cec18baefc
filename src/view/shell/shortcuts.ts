/** Keys of the page. Single letters act only outside fields, and can be turned off; Escape always works. */

export type ShortcutName =
  | 'help'
  | 'load'
  | 'what-if'
  | 'time-zone'
  | 'theme'
  | 'pause'
  | 'step'
  | 'accounts'
  | 'margin'
  | 'desk'
  | 'stress'
  | 'alarms';

export interface Shortcut {
  readonly name: ShortcutName;
  /** One letter, or two, one after the other. */
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
  { name: 'margin', key: 'g m', does: 'Go to the margin page' },
  { name: 'desk', key: 'g d', does: 'Go to the desk' },
  { name: 'stress', key: 'g s', does: 'Go to stress' },
  { name: 'alarms', key: 'g a', does: 'Go to the alarms' },
];

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly defaultPrevented: boolean;
}

const isOurs = (press: KeyPress, isInField: boolean): boolean =>
  !(press.ctrlKey || press.metaKey || press.altKey || press.defaultPrevented || isInField);

/** The shortcut a key stands for after `prefix`, undefined where it has none or must keep its own meaning. */
export const shortcutOf = (press: KeyPress, isInField: boolean, prefix = ''): ShortcutName | undefined => {
  if (!isOurs(press, isInField)) return undefined;
  return SHORTCUTS.find(({ key }) => key === `${prefix}${press.key}`)?.name;
};

/** What a key that begins a shortcut of two leaves for the next: `g `; '' for every other key. */
export const prefixOf = (press: KeyPress, isInField: boolean): string =>
  isOurs(press, isInField) && SHORTCUTS.some(({ key }) => key.startsWith(`${press.key} `)) ? `${press.key} ` : '';
