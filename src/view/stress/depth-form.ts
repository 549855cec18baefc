/** How deep the books are, as a form holds it: dollars whose sale moves a price by one per cent. An assumption, and said to be one. */
import type { StressDepth } from '../../store/types.ts';
import { parseShort } from '../desk/money.ts';

export interface DepthForm {
  readonly btc: string;
  readonly eth: string;
  /** '' is infinitely deep. */
  readonly otherwise: string;
  /** Share that is left in stress. */
  readonly multiplier: string;
}

/** BTC and ETH: one large venue in early October 2025 (CoinDesk); the rest, and the tenth that a storm leaves, are assumed. */
export const FIRST_DEPTH: DepthForm = { btc: '20m', eth: '8m', otherwise: '1m', multiplier: '0.1' };

const isAmount = (value: number): boolean => value >= 0 && value <= 1e15;

/** Null where a field is none. */
export function depthOf({ btc, eth, otherwise, multiplier }: DepthForm): StressDepth | null {
  const perCent: Record<string, number> = {};
  for (const [market, text] of [
    ['BTC', btc],
    ['ETH', eth],
  ] as const) {
    if (text.trim() === '') continue;
    const value = parseShort(text);
    if (!isAmount(value)) return null;
    perCent[market] = value;
  }
  const other = otherwise.trim() === '' ? null : parseShort(otherwise);
  const share = Number(multiplier);
  if ((other !== null && !isAmount(other)) || !(share >= 1e-6 && share <= 1000)) return null;
  return { perCent, otherwise: other, multiplier: share };
}
