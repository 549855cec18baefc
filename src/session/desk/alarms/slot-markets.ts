/** Which markets move a slot, which way, and how markets move together: what σ of a desk's pool is made of (rule DA-4). */
import { isPegged } from '../../../domain/pegged-assets.ts';
import { longRunCorrelation } from '../../../engine/volatility/stream.ts';
import type { DeskState } from '../desk-state.ts';

export interface SlotMarkets {
  readonly names: readonly string[];
  /** By slot: the market of its own price and of the asset it is counted in, −1 where none; and the power of the own price, 1 or −1. */
  readonly own: Int32Array;
  readonly asset: Int32Array;
  readonly power: Int8Array;
  /** Row by row, σ σ ρ of every two markets; NaN where a σ is not known. */
  readonly covariance: Float64Array;
  readonly volatility: Float64Array;
}

/** The slots of `desk` as they stand; `covariance` and `volatility` are written by `fillVolatility`. */
export function slotMarkets({ ladders, board }: DeskState): SlotMarkets {
  const index = new Map<string, number>();
  const unit = board.book.unit ?? 'USD';
  const at = (market: string): number => {
    if (market === unit || isPegged(market)) return -1;
    const known = index.get(market) ?? index.size;
    index.set(market, known);
    return known;
  };
  const own = new Int32Array(ladders.slotCount).fill(-1);
  const asset = new Int32Array(ladders.slotCount).fill(-1);
  const power = new Int8Array(ladders.slotCount);
  for (const ladder of ladders.all) {
    const market = ladder.role === 'leg' ? at(board.instruments[ladder.instrument]!.base) : -1;
    const settle = ladder.asset < 0 ? -1 : at(board.assets[ladder.asset]!);
    for (let slot = ladder.slotBase; slot < ladder.slotBase + ladder.rowCount; slot++) {
      own[slot] = market;
      asset[slot] = settle;
      power[slot] = ladder.direction;
    }
  }
  const names = [...index.keys()];
  const size = names.length;
  return { names, own, asset, power, covariance: new Float64Array(size * size), volatility: new Float64Array(size) };
}

export function fillVolatility({ names, covariance, volatility }: SlotMarkets, volatilityOf: (market: string) => number): void {
  const size = names.length;
  names.forEach((name, i) => {
    volatility[i] = volatilityOf(name);
  });
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const value = i === j ? volatility[i]! ** 2 : longRunCorrelation(names[i]!, names[j]!) * volatility[i]! * volatility[j]!;
      covariance[i * size + j] = value;
      covariance[j * size + i] = value;
    }
}
