/**
 * A scenario as prices: boards like the desk's own, at the scenario's prices, sealed off from it. Rules ST-1, ST-2. Exact: every price is
 * a decimal, and the kernels' doubles are its nearest.
 */
import type { Instrument, MarginTier } from '../../domain/book.ts';
import { type Fault, InputError, pointerSegment } from '../../domain/fault.ts';
import { isPegged } from '../../domain/pegged-assets.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { readDecimal } from '../../wire/schema.ts';
import { exactMarkOf, exactPriceOf, type PriceBoard } from '../desk/price-board.ts';
import { MOVE_MAX, MOVE_MIN } from '../what-if.ts';
import type { StressScenario, StressTier } from './messages.ts';

/** A scenario that was read. */
export interface Scenario {
  readonly all: Decimal;
  readonly betas: ReadonlyMap<string, Decimal>;
  readonly moves: ReadonlyMap<string, Decimal>;
  readonly pegs: readonly { readonly asset: string; readonly venue: string | null; readonly move: Decimal }[];
  readonly funding: Decimal;
  readonly tiers: ReadonlyMap<string, readonly MarginTier[]>;
}

export const NOTHING_MOVES: Scenario = {
  all: ZERO,
  betas: new Map(),
  moves: new Map(),
  pegs: [],
  funding: ZERO,
  tiers: new Map(),
};

/** What tables may be tried out for. */
type Instruments = Pick<PriceBoard, 'instrumentIndex'>;

/** Reads the text of a scenario. Moves are held between `MOVE_MIN` and `MOVE_MAX` (SE-17). Throws `InputError`. */
export function readScenario(text: StressScenario, board: Instruments): Scenario {
  const faults: Fault[] = [];
  const read = (value: string, pointer: string): Decimal => {
    const decimal = readDecimal(value);
    if (typeof decimal !== 'string') return decimal;
    faults.push({ pointer, message: decimal });
    return ZERO;
  };
  const move = (value: string, pointer: string): Decimal => held(read(value, pointer));
  const byName = (record: Readonly<Record<string, string>>, at: string, of: typeof read): Map<string, Decimal> =>
    new Map(Object.entries(record).map(([name, value]) => [name, of(value, `${at}${pointerSegment(name)}`)]));
  const scenario: Scenario = {
    all: move(text.all, '/all'),
    betas: byName(text.betas, '/betas', read),
    moves: byName(text.moves, '/moves', move),
    pegs: text.pegs.map((peg, i) => ({ ...peg, move: move(peg.move, `/pegs/${i}/move`) })),
    funding: read(text.funding, '/funding'),
    tiers: new Map(Object.entries(text.tiers).map(([id, rows]) => [id, readTiers(id, rows, board, read, faults)])),
  };
  if (scenario.funding.abs().gt(1)) faults.push({ pointer: '/funding', message: 'funding is a share of notional, between -1 and 1' });
  if (faults.length > 0) throw new InputError(faults);
  return scenario;
}

const held = (move: Decimal): Decimal => Decimal.min(MOVE_MAX, Decimal.max(MOVE_MIN, move));

function readTiers(
  id: string,
  rows: readonly StressTier[],
  board: Instruments,
  read: (value: string, pointer: string) => Decimal,
  faults: Fault[],
): MarginTier[] {
  const at = `/tiers${pointerSegment(id)}`;
  if (!board.instrumentIndex.has(id)) faults.push({ pointer: at, message: 'the open book has no such instrument' });
  if (rows.length === 0) faults.push({ pointer: at, message: 'a margin table has one row at least' });
  let below: Decimal | undefined;
  return rows.map((row, i) => {
    const notionalFloor = read(row.notionalFloor, `${at}/${i}/notionalFloor`);
    const maintenanceMarginRate = read(row.maintenanceMarginRate, `${at}/${i}/maintenanceMarginRate`);
    if (i === 0 ? !notionalFloor.isZero() : !notionalFloor.gt(below ?? ZERO))
      faults.push({ pointer: `${at}/${i}/notionalFloor`, message: 'the first floor is 0, and every other is above the one before' });
    if (maintenanceMarginRate.isNegative() || maintenanceMarginRate.gt(1))
      faults.push({ pointer: `${at}/${i}/maintenanceMarginRate`, message: 'a maintenance rate lies between 0 and 1' });
    below = notionalFloor;
    return { notionalFloor, maintenanceMarginRate };
  });
}

/** What the price of a market is multiplied by; pegs apart. */
export function factorOf({ all, betas, moves }: Scenario, market: string): Decimal {
  const common = isPegged(market) ? ZERO : held(all.times(betas.get(market) ?? ONE));
  return ONE.plus(common).times(ONE.plus(moves.get(market) ?? ZERO));
}

/** Prices of a scenario: one board for each venue that marks a collateral in its own way, and one for the others. */
export interface ScenarioPrices {
  readonly scenario: Scenario;
  readonly boardOf: (venue: string) => PriceBoard;
  /** Prices at the moment it was made, exactly as the desk had them. */
  readonly now: PriceBoard;
}

/** The scenario at the desk's present prices. */
export function scenarioPrices(board: PriceBoard, scenario: Scenario): ScenarioPrices {
  const now: PriceBoard = {
    ...board,
    mark: board.mark.slice(),
    price: board.price.slice(),
    exactMark: board.exactMark.slice(),
    exactPrice: board.exactPrice.slice(),
  };
  const instruments = board.instruments.map((instrument): Instrument => {
    const tiers = scenario.tiers.get(instrument.id);
    return tiers ? { ...instrument, tiers } : instrument;
  });
  const factors = new Map<string, Decimal>();
  const factor = (market: string): Decimal => {
    let value = factors.get(market);
    if (!value) {
      value = factorOf(scenario, market);
      factors.set(market, value);
    }
    return value;
  };
  const exactMark = instruments.map(({ base }, i) => exactMarkOf(board, i)?.times(factor(base)));
  const toNumber = (value: Decimal | undefined): number => value?.toNumber() ?? Number.NaN;
  const mark = Float64Array.from(exactMark, toNumber);
  const unit = board.book.unit ?? 'USD';
  const boards = new Map<string, PriceBoard>();
  const boardOf = (venue: string): PriceBoard => {
    const pegs = scenario.pegs.filter((peg) => peg.venue === null || peg.venue === venue);
    const key = scenario.pegs.some((peg) => peg.venue === venue) ? venue : '';
    let own = boards.get(key);
    if (!own) {
      const exactPrice = board.assets.map((symbol, i) => {
        const price = exactPriceOf(board, i);
        if (!price || symbol === unit) return price;
        return pegs.reduce((value, peg) => (peg.asset === symbol ? value.times(ONE.plus(peg.move)) : value), price.times(factor(symbol)));
      });
      own = { ...board, instruments, mark, exactMark, exactPrice, price: Float64Array.from(exactPrice, toNumber) };
      boards.set(key, own);
    }
    return own;
  };
  return { scenario, boardOf, now };
}
