/** Seeded scenarios: moves of all and of markets, betas, pegs, funding, other tables. */
import type { PriceBoard } from '../../desk/price-board.ts';
import { MARKETS } from '../../desk/testing/random-books.ts';
import { NO_SCENARIO, type StressScenario } from '../messages.ts';

const text = (value: number, digits = 4): string => Number(value.toFixed(digits)).toString();

/** A scenario of the random books' markets; `next` is uniform in [0, 1). */
export function randomScenario(next: () => number, board: PriceBoard, withTiers: boolean): StressScenario {
  const moves: Record<string, string> = {};
  const betas: Record<string, string> = {};
  for (const market of Object.keys(MARKETS)) {
    if (next() < 0.5) moves[market] = text(next() < 0.2 ? -0.9 * next() : 0.6 * (next() - 0.5));
    if (next() < 0.5) betas[market] = text(0.5 + next());
  }
  const pegs = next() < 0.5 ? [{ asset: 'USDT', venue: next() < 0.5 ? 'bybit' : null, move: text(-0.2 * next()) }] : [];
  if (next() < 0.4) pegs.push({ asset: 'ETH', venue: 'aave-v3', move: text(-0.3 * next()) });
  const tiers: Record<string, { notionalFloor: string; maintenanceMarginRate: string }[]> = {};
  if (withTiers)
    for (const { id, contract, markPrice } of board.instruments) {
      if (next() > 0.3) continue;
      const unit = contract === 'inverse' ? (markPrice?.toNumber() ?? 1) : 1;
      tiers[id] = [0, 12_000, 70_000, 900_000].map((floor, i) => ({
        notionalFloor: text(floor / unit, 6),
        maintenanceMarginRate: text(0.008 * (i + 1) ** 1.5 * (1 + next() / 4)),
      }));
    }
  return {
    ...NO_SCENARIO,
    all: text(next() < 0.3 ? 0 : 0.7 * (next() - 0.6)),
    betas,
    moves,
    pegs,
    funding: next() < 0.4 ? text(0.02 * (next() - 0.5)) : '0',
    tiers,
  };
}
