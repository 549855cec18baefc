import { describe, expect, it } from 'vitest';
import { createKernelHost } from '../../transport/worker/kernel-host.ts';
import { addUp, faults, NOTHING_COMPARED } from './testing/against-exact.ts';
import { crashTicks, runScene, walkTicks } from './testing/exact-path.ts';

const ACCOUNTS = 60;
const host = createKernelHost(false);

describe('DK-9, DK-12 no crossing is missed and none invented, against the exact path for every account at every tick', () => {
  it('default: both crash replays and walks, over 1,500 ticks', { timeout: 600_000 }, () => {
    const scenes = [
      ...crashTicks(410).map(({ name, ticks }, i) => ({ name, ticks, seed: 71 + i, accounts: ACCOUNTS, host })),
      { name: 'calm walk', ticks: walkTicks(73, 0.0003, 1, 300), seed: 73, accounts: ACCOUNTS, host },
      { name: 'rough walk', ticks: walkTicks(74, 0.004, 1, 250), seed: 74, accounts: ACCOUNTS, host },
      { name: 'walk of few markets, plain kernel', ticks: walkTicks(75, 0.004, 0.3, 250), seed: 75, accounts: ACCOUNTS },
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
    expect(all.accountTicks).toBeGreaterThan(1_500 * ACCOUNTS);
    expect(all.crossings).toBeGreaterThan(1000);
  });
});
