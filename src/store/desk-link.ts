/**
 * The desk's view as text for the address bar, and back. Versioned, checked field by field, and without any account in it: neither ids
 * nor labels, so neither searched text nor a watch-list. Rules DM-15…DM-18 of docs/spec/session.md.
 *
 *   desk/1?population=100000.42&state=watch,warning&side=long&range=leverage:5:20&sort=marginRatio:down&ladder=BTC:0.01
 */
import {
  DESK_COLUMNS,
  DESK_POPULATION_MAX,
  DESK_RANGES_MAX,
  DESK_SORTS_MAX,
  type DeskColumn,
  type DeskFilter,
  type DeskPanelsWish,
  type DeskRange,
  type DeskRung,
  type DeskSort,
  type DeskSortColumn,
  type DeskSource,
  RISK_STATES,
} from '../session/protocol.ts';
import { DESK_LINK_PREFIX, isDeskLink } from './desk-state.ts';

/** A source that a link can name: what anybody who follows it has too. */
export type DeskLinkSource = Extract<DeskSource, { readonly kind: 'book' | 'population' }>;

/** What a link restores. */
export interface DeskView {
  readonly source: DeskLinkSource | null;
  readonly filter: DeskFilter;
  readonly sort: readonly DeskSort[];
  readonly ladder: Pick<DeskPanelsWish, 'ladderMarket' | 'ladderStep'> | null;
}

/** A longer link is none. */
export const DESK_LINK_LENGTH_MAX = 4_000;
/** Names of one list, and characters of a name, that a link may hold. */
const NAMES_MAX = 50;
const NAME_LENGTH_MAX = 64;

/**
 * The view as text, shortest first: what is as usual is left out. Numbers are written so that they read back the same. A list too long
 * for a link is left out whole: half a filter would show other rows.
 */
export function encodeDeskLink(view: DeskView): string {
  const { filter } = view;
  const fields: [string, string][] = [
    ['book', view.source?.kind === 'book' ? '1' : ''],
    ['population', view.source?.kind === 'population' ? `${view.source.accounts}.${view.source.seed}` : ''],
    ['state', filter.states.join(',')],
    ['venue', nameList(filter.venues)],
    ['market', nameList(filter.markets)],
    ['side', filter.side === 'any' ? '' : filter.side],
    ['range', filter.ranges.map(rangeText).join(',')],
    ['rung', filter.rung ? `${encodeURIComponent(filter.rung.market)}:${filter.rung.after}:${filter.rung.upTo}` : ''],
    ['watched', filter.watchedOnly ? '1' : ''],
    ['sort', view.sort.map(({ column, falling }) => `${column}:${falling ? 'down' : 'up'}`).join(',')],
    ['ladder', view.ladder ? `${encodeURIComponent(view.ladder.ladderMarket)}:${view.ladder.ladderStep}` : ''],
  ];
  const said = fields.filter(([, value]) => value !== '').map(([key, value]) => `${key}=${value}`);
  const link = said.length === 0 ? DESK_LINK_PREFIX : `${DESK_LINK_PREFIX}?${said.join('&')}`;
  return link.length > DESK_LINK_LENGTH_MAX ? DESK_LINK_PREFIX : link;
}

const isLinkName = (name: string): boolean => name.length > 0 && name.length <= NAME_LENGTH_MAX && !/\p{Cs}/u.test(name);

const nameList = (names: readonly string[]): string =>
  names.length <= NAMES_MAX && names.every(isLinkName) ? names.map((name) => encodeURIComponent(name)).join(',') : '';

const bound = (value: number | null): string => (value === null ? '' : String(value));
const rangeText = ({ column, atLeast, atMost, isBelow }: DeskRange): string =>
  `${column}:${bound(atLeast)}:${bound(atMost)}${isBelow ? ':below' : ''}`;

/**
 * The view that a link names; undefined where it is no link of this version. A field that does not read is as if it were not there, so
 * that nothing in it can do more than show other rows. Never throws.
 */
export function decodeDeskLink(text: string): DeskView | undefined {
  if (!isDeskLink(text) || text.length > DESK_LINK_LENGTH_MAX) return undefined;
  const fields = new Map<string, string>();
  for (const pair of text.slice(DESK_LINK_PREFIX.length + 1).split('&')) {
    const at = pair.indexOf('=');
    if (at > 0 && !fields.has(pair.slice(0, at))) fields.set(pair.slice(0, at), pair.slice(at + 1));
  }
  const list = (key: string): string[] => (fields.get(key) ?? '').split(',').filter((part) => part !== '');
  return {
    source: readSource(fields),
    filter: {
      states: unique(list('state')).flatMap((name) => RISK_STATES.filter((state) => state === name)),
      venues: readNames(list('venue')),
      markets: readNames(list('market')),
      side: fields.get('side') === 'long' ? 'long' : fields.get('side') === 'short' ? 'short' : 'any',
      ranges: list('range').slice(0, DESK_RANGES_MAX).flatMap(readRange),
      rung: readRung(fields.get('rung') ?? ''),
      text: '',
      watchedOnly: fields.get('watched') === '1',
    },
    sort: readSorts(list('sort')),
    ladder: readLadder(fields.get('ladder') ?? ''),
  };
}

/** How many parts of each field a view holds; of a list each part counts. */
const HELD: Readonly<Record<string, (view: DeskView) => number>> = {
  book: ({ source }) => (source ? 1 : 0),
  population: ({ source }) => (source?.kind === 'population' ? 1 : 0),
  state: ({ filter }) => filter.states.length,
  venue: ({ filter }) => filter.venues.length,
  market: ({ filter }) => filter.markets.length,
  side: ({ filter }) => (filter.side === 'any' ? 0 : 1),
  range: ({ filter }) => filter.ranges.length,
  rung: ({ filter }) => (filter.rung ? 1 : 0),
  watched: ({ filter }) => (filter.watchedOnly ? 1 : 0),
  sort: ({ sort }) => sort.length,
  ladder: ({ ladder }) => (ladder ? 1 : 0),
};
const LISTS: ReadonlySet<string> = new Set(['state', 'venue', 'market', 'range', 'sort']);

/**
 * What of a link its view leaves out: names of fields that did not read whole, and how many fields have no name that is known or one
 * that was there before. Names that a stranger wrote are not repeated.
 */
export function leftOutOf(text: string, view: DeskView): { readonly fields: readonly string[]; readonly unknown: number } {
  const fields = new Set<string>();
  const seen = new Set<string>();
  let unknown = 0;
  for (const pair of text.slice(DESK_LINK_PREFIX.length + 1).split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const key = at < 0 ? '' : pair.slice(0, at);
    const held = Object.hasOwn(HELD, key) && !seen.has(key) ? HELD[key] : undefined;
    seen.add(key);
    if (!held) {
      unknown++;
      continue;
    }
    const value = pair.slice(at + 1);
    const parts = LISTS.has(key) ? unique(value.split(',').filter((part) => part !== '')).length : value === '' ? 0 : 1;
    if (held(view) < parts) fields.add(key);
  }
  return { fields: [...fields], unknown };
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

function readSource(fields: ReadonlyMap<string, string>): DeskLinkSource | null {
  const match = /^(\d{1,7})\.(-?\d{1,15})$/.exec(fields.get('population') ?? '');
  if (!match) return fields.get('book') === '1' ? { kind: 'book' } : null;
  const [accounts, seed] = [Number(match[1]), Number(match[2])];
  return accounts >= 1 && accounts <= DESK_POPULATION_MAX ? { kind: 'population', accounts, seed: seed + 0 } : null;
}

/** The name, or undefined where an escape is malformed or nothing fits to be a name. */
function readName(text: string): string | undefined {
  try {
    const name = decodeURIComponent(text);
    return isLinkName(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

const readNames = (texts: readonly string[]): string[] => unique(texts.slice(0, NAMES_MAX).flatMap((text) => readName(text) ?? []));

/** A plain number as `String` writes it; nothing else that `Number` would take. */
function readNumber(text: string): number | undefined {
  const value = Number(text);
  return /^-?\d/.test(text) && Number.isFinite(value) && String(value) === text ? value : undefined;
}

const isColumn = (name: string): name is DeskColumn => DESK_COLUMNS.some((column) => column === name);
const isSortColumn = (name: string): name is DeskSortColumn => isColumn(name) || name === 'venue' || name === 'account';

function readRange(text: string): DeskRange[] {
  const [column = '', from = '', to = '', below, ...rest] = text.split(':');
  const atLeast = from === '' ? null : readNumber(from);
  const atMost = to === '' ? null : readNumber(to);
  const isFit = isColumn(column) && rest.length === 0 && (below === undefined || below === 'below') && (from !== '' || to !== '');
  if (!isFit || atLeast === undefined || atMost === undefined) return [];
  return [{ column, atLeast, atMost, isBelow: below === 'below' }];
}

function readRung(text: string): DeskRung | null {
  const [name = '', after = '', upTo = '', ...rest] = text.split(':');
  const market = name === '' ? '' : readName(name);
  const [from, to] = [readNumber(after), readNumber(upTo)];
  if (market === undefined || from === undefined || to === undefined || rest.length > 0) return null;
  const isOneWay = from * to >= 0 && Math.abs(to) > Math.abs(from);
  return isOneWay && to >= -1 && to <= 10 ? { market, after: from, upTo: to } : null;
}

function readSorts(texts: readonly string[]): DeskSort[] {
  const sorts: DeskSort[] = [];
  for (const text of texts.slice(0, DESK_SORTS_MAX)) {
    const [column = '', direction = '', ...rest] = text.split(':');
    const isFit = isSortColumn(column) && (direction === 'up' || direction === 'down') && rest.length === 0;
    if (isFit && sorts.every((sort) => sort.column !== column)) sorts.push({ column, falling: direction === 'down' });
  }
  return sorts;
}

function readLadder(text: string): DeskView['ladder'] {
  const [name = '', width = '', ...rest] = text.split(':');
  const ladderMarket = name === '' ? '' : readName(name);
  const ladderStep = readNumber(width);
  if (ladderMarket === undefined || ladderStep === undefined || rest.length > 0) return null;
  return ladderStep >= 0.000_1 && ladderStep <= 0.5 ? { ladderMarket, ladderStep } : null;
}

/** Where links are kept: the address of the page. */
export interface DeskAddress {
  readonly replace: (link: string) => void;
  /** Runs once after `delayMs`. */
  readonly after: (run: () => void, delayMs: number) => void;
}

/** Browsers refuse more than some hundred changes of the address in half a minute; nobody reads more than this. */
export const LINK_INTERVAL_MS = 250;

/** Writes the newest link, at most four times a second. */
export function createLinkWriter({ replace, after }: DeskAddress): (link: string) => void {
  let newest: string | null = null;
  let written: string | null = null;
  let isResting = false;
  const write = (): void => {
    isResting = false;
    if (newest === null || newest === written) return;
    written = newest;
    newest = null;
    isResting = true;
    replace(written);
    after(write, LINK_INTERVAL_MS);
  };
  return (link) => {
    newest = link;
    if (!isResting) write();
  };
}
