/** One account as the page shows it: assessed exactly, put into columns, with its state and the age of what it rests on. */
import type { Account, Book } from '../domain/book.ts';
import { worseOf } from '../domain/freshness.ts';
import { assessAccount } from '../engine/assess.ts';
import { type Moves, movedBook } from '../engine/moved-book.ts';
import type { VenueRules } from '../engine/rules.ts';
import type { AccountAssessment } from '../engine/types.ts';
import { poolRiskState, riskState } from '../policy/risk-state.ts';
import { venues } from '../venues/registry.ts';
import { riskBands } from './bands.ts';
import { balanceColumns, poolCells, positionColumns } from './columns.ts';
import { inputsFreshness, isTooOld, oldestInput, type PriceInput, priceInputs, withStaleness } from './inputs.ts';
import { type PricedBook, pricedBook } from './prices.ts';
import type { AccountView, PoolView } from './protocol.ts';
import { type Loaded, type SessionState, selectedAccount, selectedKeys } from './state.ts';

/** The selected account joined with its prices: what an assessment needs. */
export interface Running {
  readonly account: Account;
  readonly keys: readonly string[];
  readonly rules: VenueRules;
  readonly unit: string;
  readonly priced: PricedBook;
  /** The address that it follows is not read within its limit: all of it is old, whatever the prices. */
  readonly isOld?: boolean;
}

/** The rules of the account's venue. Throws for a book that its reader should have refused. */
export function rulesOf(account: Account): VenueRules {
  const venue = Object.hasOwn(venues, account.venue) ? venues[account.venue] : undefined;
  if (!venue) throw new Error(`account on unknown venue ${account.venue}: the book was not read through its reader`);
  return venue.rules;
}

/** The selected account at the prices that hold now. */
export function runningAccount(loaded: Loaded, state: Pick<SessionState, 'prices'>): Running {
  const account = selectedAccount(loaded);
  const rules = rulesOf(account);
  const unit = account.unit ?? loaded.book.unit ?? 'USD';
  const running = { account, keys: selectedKeys(loaded), rules, unit, priced: pricedBook(loaded.book, account, rules, state.prices) };
  return loaded.followed?.isOld ? { ...running, isOld: true } : running;
}

/** The same account with its prices moved; nothing of the live one is touched. */
export function movedAccount(running: Running, moves: Moves): Running {
  const book: Book = movedBook(running.priced.book, running.unit, moves);
  return { ...running, priced: { ...running.priced, book } };
}

/** The account's figures, states and ages. */
export function accountView(running: Running, state: Pick<SessionState, 'source' | 'limits'>): AccountView {
  const { account, keys, rules, unit, priced, isOld = false } = running;
  const assessment = assessAccount(account, priced.book, rules);
  const inputs = priceInputs(account, priced, assessment);
  const ages = agesOf(inputs, state, isOld);
  const stale = isTooOld(ages.freshness);
  return {
    id: account.id,
    label: account.label ?? '',
    venue: account.venue,
    venueName: rules.name,
    riskPrice: rules.riskPrice,
    kind: rules.kind,
    unit,
    riskState: withStaleness(riskState(assessment), stale),
    bands: riskBands(assessment),
    cells: poolCells(assessment),
    pools: poolViews(assessment, inputs, state, isOld),
    positions: positionColumns(account, priced, assessment, keys),
    balances: balanceColumns(account, priced, unit),
    indeterminate: assessment.indeterminate.map(({ reason, subject }) => ({ reason, subject })),
    stale,
    ...ages,
  };
}

/** ST-3: the oldest of the prices, and the worst class among them; stale at best where what is held is old (WL-8). */
const agesOf = (inputs: readonly PriceInput[], { source, limits }: Pick<SessionState, 'source' | 'limits'>, isOld: boolean) => {
  const oldest = oldestInput(inputs, source.clockMs);
  const freshness = inputsFreshness(inputs, source, limits);
  return {
    oldestInputMs: oldest?.timeMs ?? Number.NaN,
    oldestInputSubject: oldest?.subject ?? '',
    freshness: isOld ? worseOf(freshness, 'stale') : freshness,
  };
};

const poolViews = (
  assessment: AccountAssessment,
  inputs: readonly PriceInput[],
  state: Pick<SessionState, 'source' | 'limits'>,
  isOld: boolean,
): PoolView[] =>
  assessment.pools.map((pool) => {
    const ages = agesOf(
      inputs.filter((input) => input.pool === pool.id),
      state,
      isOld,
    );
    return {
      id: pool.id,
      kind: pool.kind,
      riskState: withStaleness(poolRiskState(pool), isTooOld(ages.freshness)),
      bands: riskBands(pool),
      cells: poolCells(pool),
      ...ages,
    };
  });
