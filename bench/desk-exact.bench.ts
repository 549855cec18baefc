/** The desk's states and events beside the decimal engine's, for every account at every tick: both recorded crashes and walks. */
import { addUp, faults, NOTHING_COMPARED } from '../src/session/desk/testing/against-exact.ts';
import { crashTicks, runScene, type Scene, walkTicks } from '../src/session/desk/testing/exact-path.ts';
import { createKernelHost } from '../src/transport/worker/kernel-host.ts';
import type { Bench } from './harness.ts';

const ACCOUNTS = 300;

export const exactCrossings: Bench = async (report) => {
  const host = createKernelHost(false);
  const scenes: Scene[] = [
    ...crashTicks().map(({ name, ticks }, i) => ({ name, ticks, seed: 101 + i, accounts: ACCOUNTS, host })),
    { name: 'calm walk', ticks: walkTicks(103, 0.0002, 1, 3000), seed: 103, accounts: ACCOUNTS, host },
    { name: 'rough walk', ticks: walkTicks(104, 0.003, 1, 2500), seed: 104, accounts: ACCOUNTS, host },
    { name: 'walk of few markets', ticks: walkTicks(105, 0.003, 0.3, 1500), seed: 105, accounts: ACCOUNTS },
  ];
  let total = NOTHING_COMPARED;
  const notes: string[] = [];
  for (const scene of scenes) {
    const compared = runScene(scene);
    total = addUp(total, compared);
    notes.push(`${scene.name} ${compared.accountTicks / ACCOUNTS} ticks, ${compared.crossings} crossings`);
  }
  const value = faults(total);
  report({
    bench: 'desk',
    figure: 'crossings-exact',
    value,
    unit: 'faults',
    goal: '0',
    runs: 1,
    spread: [value, value],
    note: `${total.accountTicks.toLocaleString('en')} account-ticks of ${ACCOUNTS} accounts against the decimal engine: ${total.crossings} state changes, ${total.wrong} states wrong, ${total.missed} missed, ${total.invented} invented; ${total.blocksSwept} of ${total.blocksHeld} blocks swept, ${total.exactDecisions} decided exactly; ${notes.join('; ')}`,
  });
};
