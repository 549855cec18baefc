import { describe, expect, it } from 'vitest';
import { drawPath } from '../../engine/stress/paths.ts';
import { PathPlayer, playPaths } from '../../engine/stress-columns/paths.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { createDesk } from '../desk/desk-engine.ts';
import { atOnce } from '../desk/placing.ts';
import { randomBook, rulesOf, seeded } from '../desk/testing/random-books.ts';
import { type PathsCommand, pathsOf } from './paths.ts';
import { exactPath } from './testing/exact-paths.ts';

const floor = caseFloors();
const VENUES = ['hyperliquid', 'binance-usdm', 'binance-coinm', 'okx', 'dydx-v4', 'generic', 'bybit-classic', 'aave-v3'];
const allocate = (bytes: number): ArrayBuffer => new ArrayBuffer(bytes);
const wish = (over: Partial<PathsCommand> = {}): PathsCommand => ({
  kind: 'stress-paths',
  requestId: 1,
  paths: 12,
  seed: 7,
  sigmas: { BTC: 0.03, ETH: 0.045 },
  otherwise: 0.06,
  common: 0.7,
  days: 0.25,
  ...over,
});

describe('ST-20 paths in columns', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('say what the exact engine says of every path (seed %i)', (seed) => {
    const book = randomBook(seeded(seed), { accounts: 40, venues: VENUES, edgeShare: 0.2 });
    const desk = createDesk(book, { rulesOf });
    const { plan } = atOnce(pathsOf(desk, wish({ seed }), allocate));
    const piece = playPaths(new PathPlayer(plan), 0, 12);
    const { markets } = plan.model.covariance;
    const gross = plan.pools.notional.reduce((a, b) => a + b, 0) + plan.exposure.value.reduce((a, b) => a + Math.abs(b), 0);
    for (let i = 0; i < 12; i++) {
      const exact = exactPath(book, rulesOf, markets, drawPath(plan.model, seed, i));
      for (const figure of ['liquidated', 'loss', 'deficit'] as const)
        expect(
          Math.abs(piece[figure][i]! - exact[figure]),
          `${figure} of path ${i}: ${piece[figure][i]} ${exact[figure]}`,
        ).toBeLessThanOrEqual(1e-9 * gross);
      for (let k = 0; k < exact.closed; k++) floor('pools closed', 100);
      if (exact.deficit > 0) floor('paths with a deficit', 10);
      floor('paths', 96);
    }
  });
});
