/** A cascade of the open desk's accounts through the exact engine: every procedure, leftover, fund and rule of deleveraging. Rule ST-13. */
import type { Account, Asset, Book, Instrument } from '../../domain/book.ts';
import { refuse } from '../../domain/fault.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { depthOf } from '../../engine/cascade/depth.ts';
import { COMMON_FUND } from '../../engine/cascade/run.ts';
import type { ByMarket, CascadeInput } from '../../engine/cascade/types.ts';
import { venues } from '../../venues/registry.ts';
import { accountAt } from '../desk/account-store.ts';
import type { DeskState } from '../desk/desk-state.ts';
import type { Job } from '../desk/names.ts';
import { exactMarkOf, exactPriceOf } from '../desk/price-board.ts';
import type { StressCommand, StressDepth, StressFunds } from './messages.ts';
import { factorOf, type Scenario } from './scenario.ts';

export type CascadeCommand = Extract<StressCommand, { readonly kind: 'stress-cascade' }>;

/** The most accounts that the exact engine is given: a round of so many takes seconds. */
export const EXACT_ACCOUNTS_MAX = 20_000;

const ACCOUNTS_PER_SLICE = 1_000;

/** The whole desk as a book, at its prices of now and with the scenario's margin tables. Prices are read before the first slice ends. */
function* bookOfDesk(desk: DeskState, { tiers }: Pick<Scenario, 'tiers'>): Job<Book> {
  const { board, store, columns } = desk;
  const instruments = new Map(
    board.instruments.map((instrument, i): [string, Instrument] => {
      const markPrice = exactMarkOf(board, i);
      const tried = tiers.get(instrument.id);
      return [instrument.id, { ...instrument, ...(markPrice ? { markPrice } : {}), ...(tried ? { tiers: tried } : {}) }];
    }),
  );
  const assets = new Map<string, Asset>();
  board.assets.forEach((symbol, i) => {
    const price = exactPriceOf(board, i);
    const listed = board.book.assets.get(symbol);
    if (price || listed) assets.set(symbol, { ...(listed ?? { symbol }), ...(price ? { price } : {}) });
  });
  const accounts: Account[] = [];
  const { rowVersion } = columns;
  for (let row = 0; row < columns.count; row++) {
    if (accounts.push(accountAt(store, row)) % ACCOUNTS_PER_SLICE !== 0) continue;
    yield undefined;
    if (columns.rowVersion !== rowVersion) refuse('', 'accounts came or went meanwhile: play the cascade again');
  }
  return { ...board.book, instruments, assets, accounts };
}

/**
 * What the exact engine is given. Throws `InputError` with a sentence for what it cannot play: too many accounts, several units of account,
 * and a peg of a coin whose contracts the same venue trades, since there a market moves as one.
 */
export function* exactInput(desk: DeskState, scenario: Scenario, command: CascadeCommand): Job<CascadeInput> {
  const { count } = desk.columns;
  if (count > EXACT_ACCOUNTS_MAX)
    refuse(
      '',
      `the exact engine plays at most ${EXACT_ACCOUNTS_MAX} accounts, ${count} are open: close pools whole, keep leftovers, take one fund and share pro rata or not at all`,
    );
  const book = yield* bookOfDesk(desk, scenario);
  const units = new Set(book.accounts.map((account) => account.unit ?? book.unit ?? 'USD'));
  if (units.size > 1) refuse('', `the accounts count in ${[...units].join(', ')}: a cascade has one unit of account`);
  const markets = marketsOfBook(book, scenario);
  const shock = new Map(markets.map((market) => [market, factorOf(scenario, market).minus(1)] as const));
  const { funds, fundOf } = fundsOf(command.funds);
  return {
    book,
    rulesOf: (venue) => venues[venue]!.rules,
    shock,
    venueShock: venueShocks(book, scenario, shock),
    depth: depthsOfBook(book, markets, command.depth),
    procedure: command.procedure === 'full' ? 'full' : (venue) => venues[venue]!.closure,
    leftovers: command.leftovers,
    funds,
    ...(fundOf ? { fundOf } : {}),
    deleveraging: command.deleveraging,
  };
}

/** Every market that something follows: bases, and assets that are held or pegged by name. */
function marketsOfBook({ instruments, assets, accounts, unit = 'USD' }: Book, { pegs, moves }: Scenario): string[] {
  const markets = new Set<string>();
  for (const { base } of instruments.values()) markets.add(base);
  const held = new Set(accounts.flatMap(({ balances }) => balances.map(({ asset }) => asset)));
  for (const { asset } of pegs) held.add(asset);
  for (const market of moves.keys()) held.add(market);
  for (const symbol of held) if (symbol !== unit && (assets.has(symbol) || markets.has(symbol))) markets.add(symbol);
  return [...markets];
}

function venueShocks({ instruments, accounts }: Book, { pegs }: Scenario, shock: ByMarket): Map<string, Map<string, Decimal>> {
  const shocks = new Map<string, Map<string, Decimal>>();
  for (const { asset, venue, move } of pegs)
    for (const id of new Set(accounts.map((account) => account.venue))) {
      if (venue !== null && venue !== id) continue;
      for (const instrument of instruments.values())
        if (instrument.base === asset && instrument.venue === id)
          refuse(
            '/pegs',
            `${id} trades ${asset} itself, and a cascade moves a market as one: move ${asset} as a market instead of its peg`,
          );
      let own = shocks.get(id);
      if (!own) {
        own = new Map();
        shocks.set(id, own);
      }
      const before = own.get(asset) ?? shock.get(asset) ?? new Decimal(0);
      own.set(asset, ONE.plus(before).times(ONE.plus(move)).minus(1));
    }
  return shocks;
}

/** CA-2, from dollars at the book's prices. What is pegged has no book of its own: it is not sold (CA-9). */
function depthsOfBook(
  { instruments, assets }: Book,
  markets: readonly string[],
  { perCent, otherwise, multiplier }: StressDepth,
): Map<string, Decimal> {
  const prices = new Map<string, Decimal>();
  for (const { base, markPrice } of instruments.values()) if (markPrice && !prices.has(base)) prices.set(base, markPrice);
  const depths = new Map<string, Decimal>();
  for (const market of markets) {
    const dollars = Object.hasOwn(perCent, market) ? perCent[market]! : otherwise;
    const price = prices.get(market) ?? assets.get(market)?.price;
    if (dollars === null || !price?.gt(0) || isPegged(market)) continue;
    const depth = depthOf(new Decimal(dollars).div(price), new Decimal('0.01'), new Decimal(multiplier), market);
    if (depth.ok) depths.set(market, depth.value);
  }
  return depths;
}

function fundsOf(funds: StressFunds): { funds: ReadonlyMap<string, Decimal>; fundOf?: (venue: string) => string } {
  if (funds.kind === 'one') return { funds: new Map([[COMMON_FUND, new Decimal(funds.amount)]]) };
  return {
    funds: new Map(Object.entries(funds.amounts).map(([venue, amount]) => [venue, new Decimal(amount)])),
    fundOf: (venue) => venue,
  };
}

/** Whether some account is long one market and short another: then the order of closing matters, and more is not always more. */
export function isMixedBook({ accounts, unit = 'USD' }: Book): boolean {
  return accounts.some((account: Account) => {
    const signs = new Set<boolean>();
    const isLoan = venues[account.venue]!.rules.kind === 'lending';
    for (const { size } of account.positions) if (!size.isZero()) signs.add(size.isPositive());
    if (isLoan)
      for (const { asset, amount } of account.balances)
        if (!amount.isZero() && asset !== (account.unit ?? unit) && !isPegged(asset)) signs.add(amount.isPositive());
    return signs.size > 1;
  });
}
