/** What narrows the table: how each control changes the filter, and how the filter reads in words. */
import type { DeskFilter, DeskRange, DeskRung, RiskState } from '../../../store/types.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { columnOf } from '../table/columns.ts';
import { type BoundKind, readBound } from './bounds.ts';

const toggled = <T>(list: readonly T[], item: T): readonly T[] =>
  list.includes(item) ? list.filter((each) => each !== item) : [...list, item];

export const toggleState = (filter: DeskFilter, state: RiskState): DeskFilter => ({ ...filter, states: toggled(filter.states, state) });
export const toggleVenue = (filter: DeskFilter, venue: string): DeskFilter => ({ ...filter, venues: toggled(filter.venues, venue) });
export const toggleMarket = (filter: DeskFilter, market: string): DeskFilter => ({ ...filter, markets: toggled(filter.markets, market) });

const sameRange = (a: DeskRange, b: DeskRange): boolean =>
  a.column === b.column && Object.is(a.atLeast, b.atLeast) && Object.is(a.atMost, b.atMost) && a.isBelow === b.isBelow;

export const hasRange = (filter: DeskFilter, range: DeskRange): boolean => filter.ranges.some((each) => sameRange(each, range));

/** One range a column: another takes its place, the same one ends it. */
export const toggleRange = (filter: DeskFilter, range: DeskRange): DeskFilter => {
  const others = filter.ranges.filter(({ column }) => column !== range.column);
  return { ...filter, ranges: hasRange(filter, range) ? others : [...others, range] };
};

/** One range a column; without bounds there is none. */
export const setRange = (filter: DeskFilter, range: DeskRange): DeskFilter => {
  const others = filter.ranges.filter(({ column }) => column !== range.column);
  return { ...filter, ranges: range.atLeast === null && range.atMost === null ? others : [...others, range] };
};

export const hasRung = ({ rung }: DeskFilter, other: DeskRung): boolean =>
  rung !== null && rung.market === other.market && rung.after === other.after && rung.upTo === other.upTo;

export const toggleRung = (filter: DeskFilter, rung: DeskRung): DeskFilter => ({ ...filter, rung: hasRung(filter, rung) ? null : rung });

/** One condition in words, and the filter without it. */
export interface Condition {
  readonly key: string;
  readonly text: string;
  readonly without: DeskFilter;
}

const readMove = (move: number): string => readBound('percent', move);

export const readRung = ({ market, after, upTo }: DeskRung): string => {
  const way = upTo < 0 ? 'fall' : 'rise';
  const who = market === '' ? `all prices ${way}` : `${market} ${way}s`;
  return `liquidated if ${who} ${readMove(Math.abs(after)).replace(/\s?%$/, '')} to ${readMove(Math.abs(upTo))}`;
};

const boundKindOf = (range: DeskRange): BoundKind => {
  const kind = columnOf(range.column)?.bounds;
  return kind === undefined || kind === 'none' ? 'count' : kind;
};

export function readRange(range: DeskRange): string {
  const name = columnOf(range.column)?.header ?? range.column;
  const kind = boundKindOf(range);
  const { atLeast, atMost } = range;
  const below = range.isBelow ? 'below' : 'at most';
  if (atLeast === null) return atMost === null ? name : `${name} ${below} ${readBound(kind, atMost)}`;
  if (atMost === null) return `${name} at least ${readBound(kind, atLeast)}`;
  return `${name} ${readBound(kind, atLeast)} to ${range.isBelow ? 'below ' : ''}${readBound(kind, atMost)}`;
}

/** Every condition of the filter, in the order of the rail. `venueName` turns an id into the name on the screen. */
export function conditionsOf(filter: DeskFilter, venueName: (id: string) => string): readonly Condition[] {
  const conditions: Condition[] = [];
  if (filter.text !== '') conditions.push({ key: 'text', text: `“${filter.text}”`, without: { ...filter, text: '' } });
  for (const state of filter.states) conditions.push({ key: state, text: STATE_WORDS[state], without: toggleState(filter, state) });
  for (const venue of filter.venues) conditions.push({ key: `v ${venue}`, text: venueName(venue), without: toggleVenue(filter, venue) });
  for (const market of filter.markets)
    conditions.push({ key: `m ${market}`, text: `holds ${market}`, without: toggleMarket(filter, market) });
  if (filter.side !== 'any') conditions.push({ key: 'side', text: `holds ${filter.side}`, without: { ...filter, side: 'any' } });
  for (const range of filter.ranges)
    conditions.push({
      key: `r ${range.column}`,
      text: readRange(range),
      without: { ...filter, ranges: filter.ranges.filter((r) => r !== range) },
    });
  if (filter.rung) conditions.push({ key: 'rung', text: readRung(filter.rung), without: { ...filter, rung: null } });
  if (filter.watchedOnly) conditions.push({ key: 'watched', text: 'watch-list only', without: { ...filter, watchedOnly: false } });
  return conditions;
}
