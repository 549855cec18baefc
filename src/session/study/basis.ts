/** What positions cost and earned, from trades (rules SY-13 to SY-15 of docs/spec/study.md). Exact. */
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import { type CostBasis, costBasis, type Trade, unrealizedPnl } from '../../engine/performance/cost-basis.ts';
import type { ListedTrade } from '../../formats/trades.ts';
import type { BasisRow, HeldPosition, PerformanceSpec, TradeRecord } from './messages.ts';

/** SY-13: a list tells everything up to its last trade; what the session saw after it follows. */
export function tradesOf(listed: readonly ListedTrade[], seen: readonly TradeRecord[]): readonly ListedTrade[] {
  const lastMs = listed.at(-1)?.timeMs ?? Number.NEGATIVE_INFINITY;
  const later = seen.filter(({ timeMs, isOpening }) => listed.length === 0 || (timeMs > lastMs && !isOpening));
  return [
    ...listed,
    ...later.map(({ timeMs, instrument, size, price, fee }) => ({
      timeMs,
      instrument,
      size: new Decimal(size),
      price: new Decimal(price),
      fee: new Decimal(fee),
    })),
  ];
}

export interface Basis {
  readonly rows: readonly BasisRow[];
  /** Over all rows; null where one of them has no number. */
  readonly realizedPnl: Decimal | null;
  readonly unrealizedPnl: Decimal | null;
  readonly fees: Decimal;
}

interface Held {
  readonly size: Decimal;
  readonly markPrice: Decimal | null;
  readonly isLinear: boolean;
  /** Base units per unit of size; absent where nothing says it. */
  readonly contractSize?: Decimal;
}

/** One instrument may be held in several pools: sizes are added. */
function heldOf(positions: readonly HeldPosition[]): ReadonlyMap<string, Held> {
  const held = new Map<string, Held>();
  for (const { instrument, size, markPrice, contract, contractSize } of positions) {
    const before = held.get(instrument);
    held.set(instrument, {
      size: (before?.size ?? ZERO).plus(size === '' ? ZERO : new Decimal(size)),
      markPrice: markPrice === '' ? (before?.markPrice ?? null) : new Decimal(markPrice),
      isLinear: contract !== 'inverse',
      ...(contractSize === '' ? {} : { contractSize: new Decimal(contractSize) }),
    });
  }
  return held;
}

const text = (value: Decimal | null): string => (value === null ? '' : value.toFixed());
const NOTHING_HELD: Held = { size: ZERO, markPrice: null, isLinear: true };

/** Profit and cost of so many base units per unit of size; sizes and prices as they are. */
const inMoney = (basis: CostBasis, contractSize: Decimal): CostBasis => ({
  ...basis,
  realizedPnl: basis.realizedPnl.times(contractSize),
  cost: basis.cost.times(contractSize),
});

/** SY-14, SY-15: one row an instrument that was traded or is held. Money is per unit of size times the contract size; prices are prices. */
export function basisOf(
  trades: readonly ListedTrade[],
  { positions, trades: seen, method }: Pick<PerformanceSpec, 'positions' | 'trades' | 'method'>,
): Basis {
  const seenSizes = new Map(seen.map(({ instrument, contractSize }) => [instrument, contractSize]));
  const held = heldOf(positions);
  const byInstrument = new Map<string, Trade[]>();
  for (const { instrument, ...trade } of trades) byInstrument.set(instrument, [...(byInstrument.get(instrument) ?? []), trade]);
  const instruments = [...new Set([...byInstrument.keys(), ...held.keys()])].sort();
  let realized: Decimal | null = ZERO;
  let unrealized: Decimal | null = ZERO;
  let fees = ZERO;
  const rows = instruments.map((instrument): BasisRow => {
    const own = byInstrument.get(instrument) ?? [];
    const { size, markPrice, isLinear, contractSize: stated } = held.get(instrument) ?? NOTHING_HELD;
    const known = stated ?? (seenSizes.get(instrument) ? new Decimal(seenSizes.get(instrument)!) : undefined);
    const basis = inMoney(costBasis(own, method), known ?? ONE);
    const open = basis.size.isZero() ? ZERO : markPrice ? unrealizedPnl(basis, markPrice).times(known ?? ONE) : null;
    const fits = basis.size.eq(size);
    const note = !isLinear
      ? 'inverse contract: its profit is no price times a size'
      : fits
        ? open === null
          ? 'no mark price'
          : known
            ? ''
            : 'not held: taken as one base unit a contract'
        : `trades come to ${basis.size.toFixed()}, the position is ${size.toFixed()}: trades are missing`;
    const isKnown = isLinear && fits;
    const isOpenKnown = isKnown && open !== null;
    realized = realized && isKnown ? realized.plus(basis.realizedPnl) : null;
    unrealized = unrealized && isOpenKnown ? unrealized.plus(open) : null;
    fees = fees.plus(basis.fees);
    return {
      instrument,
      trades: own.length,
      size: size.toFixed(),
      cost: isKnown ? basis.cost.toFixed() : '',
      averagePrice:
        isKnown && !basis.size.isZero()
          ? basis.cost
              .div(basis.size.abs())
              .div(known ?? ONE)
              .toFixed()
          : '',
      markPrice: text(markPrice),
      realizedPnl: isKnown ? basis.realizedPnl.toFixed() : '',
      unrealizedPnl: isOpenKnown ? open.toFixed() : '',
      fees: basis.fees.toFixed(),
      note,
    };
  });
  return { rows, realizedPnl: realized, unrealizedPnl: unrealized, fees };
}
