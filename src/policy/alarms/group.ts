/**
 * Who is in a group of accounts: a filter in the words of the desk's links, as far as they do not move with prices (rule AL-24).
 *
 *   venue=okx,bybit&market=BTC&side=long&text=fund
 */
import type { Account, Book } from '../../domain/book.ts';

export interface GroupFilter {
  /** Names of which one must fit; empty: any. */
  readonly venues: readonly string[];
  /** Base assets of which a position must be held; empty: any. */
  readonly markets: readonly string[];
  /** The side of that position. */
  readonly side: 'any' | 'long' | 'short';
  /** Part of the id or label, capitals alike; after `=` whole ids with `|` between them; '': any. */
  readonly text: string;
}

const FIELDS = ['venue', 'market', 'side', 'text'] as const;
type Field = (typeof FIELDS)[number];
const MOVING: ReadonlySet<string> = new Set(['state', 'range', 'rung']);
const SYNTAX = 'a group is venue=…, market=…, side=long or side=short, text=…, with & between them';

const isField = (name: string): name is Field => FIELDS.some((field) => field === name);

/** The filter that `filter` states, or a sentence that says what is wrong with it. Values are percent-decoded, each name once. */
export function readGroupFilter(filter: string): GroupFilter | string {
  const values = new Map<Field, string>();
  for (const pair of filter.trim().split('&')) {
    const at = pair.indexOf('=');
    const name = (at < 0 ? pair : pair.slice(0, at)).trim();
    if (MOVING.has(name)) return `${JSON.stringify(name)} moves with prices, and a group does not: ${SYNTAX}`;
    if (name === 'watched') return `"watched" is the list of one browser: ${SYNTAX}`;
    if (at < 0 || !isField(name)) return `${JSON.stringify(name)} is no field of a group: ${SYNTAX}`;
    if (values.has(name)) return `${JSON.stringify(name)} is there twice; names of one list have a comma between them`;
    const value = pair.slice(at + 1).trim();
    if (value === '') return `${JSON.stringify(name)} names nothing; leave it out where any will do`;
    values.set(name, value);
  }
  const side = values.get('side') ?? 'any';
  if (side !== 'any' && side !== 'long' && side !== 'short') return `"side" is long or short, not ${JSON.stringify(side)}`;
  if (side === 'any' && values.has('side')) return '"side" is long or short; leave it out where either will do';
  const [venues, markets] = [namesOf(values.get('venue')), namesOf(values.get('market'))];
  const text = decoded(values.get('text') ?? '')?.trim();
  if (!venues || !markets || text === undefined)
    return 'a name is empty, or a % is not followed by two hexadecimal digits; % itself is %25';
  return { venues, markets, side, text };
}

function namesOf(list: string | undefined): readonly string[] | undefined {
  if (list === undefined) return [];
  const names = list.split(',').map((name) => decoded(name)?.trim());
  return names.every((name) => name !== undefined && name !== '') ? [...new Set(names as string[])] : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Whether the account fits all that the filter asks: market and side of the same position, whose size is not 0. */
export function isAccountInGroup(
  { venues, markets, side, text }: GroupFilter,
  account: Account,
  instruments: Book['instruments'],
): boolean {
  if (venues.length > 0 && !venues.includes(account.venue)) return false;
  if (text !== '' && !isNamed(account, text)) return false;
  if (markets.length === 0 && side === 'any') return true;
  return account.positions.some(({ instrument, size }) => {
    const base = instruments.get(instrument)?.base;
    if (size.isZero() || base === undefined || (side !== 'any' && size.isNegative() !== (side === 'short'))) return false;
    return markets.length === 0 || markets.includes(base);
  });
}

/** As the desk searches: within ASCII only capitals of ASCII are alike. */
function isNamed({ id, label = '' }: Account, text: string): boolean {
  if (text.startsWith('=')) return text.slice(1).split('|').includes(id);
  const wanted = text.toLowerCase();
  const small = /[^ -~]/.test(wanted)
    ? (name: string): string => name.toLowerCase()
    : (name: string): string => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return small(id).includes(wanted) || small(label).includes(wanted);
}

/** `isInGroup` of a machine over accounts that are at hand. An unknown account, or a filter that does not read, is in none. */
export function groupsOver(
  accountOf: (id: string) => { readonly account: Account; readonly instruments: Book['instruments'] } | undefined,
): (filter: string, account: string) => boolean {
  const read = new Map<string, GroupFilter | string>();
  return (filter, id) => {
    const group = read.get(filter) ?? readGroupFilter(filter);
    read.set(filter, group);
    const at = typeof group === 'string' ? undefined : accountOf(id);
    return at !== undefined && typeof group !== 'string' && isAccountInGroup(group, at.account, at.instruments);
  };
}
