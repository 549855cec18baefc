import { describe, expect, it } from 'vitest';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { createDesk } from './desk-engine.ts';
import { maintain } from './resort.ts';
import { addUp, faults, NOTHING_COMPARED } from './testing/against-exact.ts';
import { crashTicks, runScene, walkTicks } from './testing/exact-path.ts';
import { changesOf, walk } from './testing/price-walk.ts';
import { MARKETS, randomBook, rulesOf, seeded } from './testing/random-books.ts';
import { sweepAll, tick } from './tick.ts';

const ACCOUNTS = 60;
const host = createKernelHost(false);

describe('DK-9, DK-12 no crossing is missed and none invented, against the exact path for every account at every tick', () => {
  it('default: both crash replays and walks, over 800 ticks', { timeout: 600_000 }, () => {
    const scenes = [
      ...crashTicks(220).map(({ name, ticks }, i) => ({ name, ticks, seed: 71 + i, accounts: ACCOUNTS, host })),
      { name: 'calm walk', ticks: walkTicks(73, 0.0003, 1, 160), seed: 73, accounts: ACCOUNTS, host },
      { name: 'rough walk', ticks: walkTicks(74, 0.004, 1, 130), seed: 74, accounts: ACCOUNTS, host },
      { name: 'walk of few markets, plain kernel', ticks: walkTicks(75, 0.004, 0.3, 130), seed: 75, accounts: ACCOUNTS },
    ];
    let all = NOTHING_COMPARED;
    for (const scene of scenes) {
      const compared = runScene(scene);
      console.log(
        `${scene.name}: ${compared.accountTicks} account-ticks, ${compared.crossings} crossings, ${compared.wrong} wrong, ${compared.missed} missed, ${compared.invented} invented`,
      );
      all = addUp(all, compared);
    }
    expect(faults(all)).toBe(0);
    expect(all.accountTicks).toBeGreaterThan(800 * ACCOUNTS);
    expect(all.crossings).toBeGreaterThan(500);
  });

  it('behavior: hot blocks change places among themselves and no state is lost, against the full sweep', { timeout: 600_000 }, () => {
    const next = seeded(81);
    const desk = createDesk(randomBook(next, { accounts: 9000, venues: ['generic'], edgeShare: 0.2 }), {
      rulesOf,
      ...(host ? { host } : {}),
    });
    const prices = new Map(Object.entries(MARKETS));
    let sorts = 0;
    let crossings = 0;
    let wrong = 0;
    for (let t = 0; t < 240; t++) {
      crossings += tick(desk, changesOf(desk.board, walk(next, prices, 0.0008, 1))).rows.length;
      wrong += sweepAll(desk).rows.length;
      const before = desk.sortedLocallyAt;
      maintain(desk, 4096);
      if (desk.sortedLocallyAt !== before) sorts++;
    }
    console.log(
      `${sorts} local sorts, ${crossings} crossings, ${wrong} wrong; ${desk.counters.blocksSwept - 240 * desk.blocks.used} blocks swept of ${240 * desk.blocks.used}`,
    );
    expect(wrong).toBe(0);
    expect(sorts).toBeGreaterThan(5);
    expect(crossings).toBeGreaterThan(200);
  });
});
