/** From what was gathered of a pool to what the machine reads (rules DA-3 to DA-5). */

import { firstEntry } from '../../../engine/kernel/layout.ts';
import { resolveAccount } from '../../../engine/resolve.ts';
import type { Reading, Subject } from '../../../policy/alarms/events.ts';
import { type PoolOdds, poolReading } from '../../../policy/alarms/reading.ts';
import { accountAndBook } from '../desk-engine.ts';
import { type DeskState, IS_ISOLATED, NONE } from '../desk-state.ts';
import {
  type Candidates,
  EQUITY,
  FIGURES,
  HEALTH,
  LEVERAGE,
  NOTIONAL,
  ordinalOf,
  PROBABILITY,
  RATIO,
  REQUIREMENT,
  SHOCK,
  SIGMA,
} from './gather.ts';
import type { SlotMarkets } from './slot-markets.ts';

type PoolSubject = Extract<Subject, { readonly kind: 'pool' }>;

/** Codes of the desk's states. */
const LIQUIDATION = 4;
const BANKRUPT = 5;
const MISSING = 6;

/** The pool as alarms name it: account, the engine's name of the pool, venue, markets that move it. */
export function subjectOfPool(desk: DeskState, markets: SlotMarkets, pool: number): PoolSubject {
  const row = desk.pools.row[pool]!;
  const { accounts } = desk.columns;
  return {
    kind: 'pool',
    account: desk.store.names.idOf(accounts.source[row]!),
    pool: nameOfPool(desk, pool),
    venue: desk.store.venues[accounts.venue[row]!]!,
    markets: marketsOfPool(desk, markets, pool),
  };
}

/** The engine's name, without resolving the account where it follows from the columns. */
function nameOfPool(desk: DeskState, pool: number): string {
  const { pools, columns, firstPool, store } = desk;
  const row = pools.row[pool]!;
  const { legStart, legEnd } = columns.accounts;
  const isSpecial = store.special.has(columns.accounts.source[row]!);
  if (!isSpecial && pools.flags[pool]! & IS_ISOLATED)
    for (let leg = legStart[row]!; leg < legEnd[row]!; leg++)
      if (columns.legs.pool[leg] === pool) return `isolated:${store.instruments[columns.legs.instrument[leg]!]}:${leg - legStart[row]!}`;
  let shared = 0;
  for (let other = firstPool[row]!; other !== NONE; other = pools.next[other]!) if ((pools.flags[other]! & IS_ISOLATED) === 0) shared++;
  if (shared === 1 && (pools.flags[pool]! & IS_ISOLATED) === 0)
    return desk.rulesOf(store.venues[columns.accounts.venue[row]!]!).kind === 'lending' ? 'lending' : 'cross';
  const { account, book } = accountAndBook(desk, row);
  return resolveAccount(account, book, desk.rulesOf(account.venue)).pools[ordinalOf(desk, pool)]!.id;
}

function marketsOfPool({ pools, layout, columns, board }: DeskState, { own, asset, names }: SlotMarkets, pool: number): string[] {
  const found = new Set<string>();
  const place = pools.place[pool]!;
  if (place === NONE) {
    const row = pools.row[pool]!;
    const { legStart, legEnd } = columns.accounts;
    for (let leg = legStart[row]!; leg < legEnd[row]!; leg++)
      if (columns.legs.pool[leg] === pool) found.add(board.instruments[columns.legs.instrument[leg]!]!.base);
    return [...found];
  }
  const first = firstEntry(layout, place);
  for (let at = first, k = 0; k < pools.entryCount[pool]!; k++, at += 2) {
    if (layout.weight[at] === 0) continue;
    const slot = layout.slot[at]!;
    if (own[slot]! >= 0) found.add(names[own[slot]!]!);
    if (asset[slot]! >= 0) found.add(names[asset[slot]!]!);
  }
  return [...found];
}

/** DA-5: `isOld` where a price behind the pool is older than its limit. */
export function readingAt(candidates: Candidates, i: number, subject: PoolSubject, isOld: boolean): Reading {
  const { figures, code: codes } = candidates;
  const at = i * FIGURES;
  const odds = oddsAt(figures, at);
  const exact = candidates.exact.get(i);
  if (exact) {
    const reading = { ...poolReading(subject, exact, odds), subject };
    return isOld && reading.knowledge === 'known' ? { ...reading, knowledge: 'stale' } : reading;
  }
  const code = codes[i]!;
  const isMissing = code >= MISSING;
  const equity = figures[at + EQUITY]!;
  const requirement = figures[at + REQUIREMENT]!;
  const notional = figures[at + NOTIONAL]!;
  const isKnown = !Number.isNaN(equity) && !Number.isNaN(requirement);
  return {
    subject,
    values: {
      ...odds,
      marginRatio: figures[at + RATIO]!,
      healthFactor: figures[at + HEALTH]!,
      leverage: figures[at + LEVERAGE]!,
      marginExcess: equity - requirement,
      liquidationDistance: figures[at + SHOCK]!,
    },
    knowledge: isMissing ? 'indeterminate' : isOld ? 'stale' : 'known',
    venueState: isMissing ? 'unknown' : code === LIQUIDATION ? 'liquidation' : code === BANKRUPT ? 'bankrupt' : 'open',
    ...(Number.isNaN(notional) ? {} : { atRisk: notional }),
    ...(isKnown ? { capital: { equity, requirement } } : {}),
  };
}

/** NaN is not known, ∞ is "no price can end it". */
function oddsAt(figures: Float64Array, at: number): PoolOdds {
  const distance = figures[at + SIGMA]!;
  if (Number.isNaN(distance)) return { sigmaDistance: 'unknown', liquidationProbability24h: 'unknown' };
  if (distance === Number.POSITIVE_INFINITY) return { sigmaDistance: Number.NaN, liquidationProbability24h: Number.NaN };
  return { sigmaDistance: distance, liquidationProbability24h: figures[at + PROBABILITY]! };
}
