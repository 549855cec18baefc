/** Every feed under the one contract. */
import { readFileSync } from 'node:fs';
import { createReplay } from './replay.ts';
import { parseReplay } from './replay-format.ts';
import { createSimulated } from './simulated.ts';
import { feedContract } from './testing/contract.ts';
import { createFakeFeed, type ScriptStep } from './testing/fake-feed.ts';

const NOW_MS = 1_790_000_000_000;

for (const [regime, stepMs, speed] of [
  ['calm', 250, 1],
  ['normal', 1_000, 60],
  ['stress', 14_400_000, 600],
] as const) {
  feedContract({
    name: `simulated ${regime}, step ${stepMs} ms, ×${speed}`,
    create: (options) => createSimulated({ seed: 42, regime, stepMs, startMs: NOW_MS, speed, ...options }),
    nowMs: NOW_MS,
    spanMs: (50 * stepMs) / speed,
  });
}

for (const [name, speed] of [
  ['2025-10-10', 1],
  ['2025-10-10', 600],
  ['2026-02-05', 60],
] as const) {
  const data = parseReplay(readFileSync(new URL(`../../public/replay/${name}.json`, import.meta.url), 'utf8'));
  feedContract({
    name: `replay ${name} ×${speed}`,
    create: (options) => createReplay(data, { speed, ...options }),
    nowMs: NOW_MS,
    spanMs: 1_800_000 / speed,
  });
}

const soundScript: ScriptStep[] = [{ atMs: NOW_MS, do: 'connect' }];
for (let i = 0; i < 300; i++) {
  const venueTimeMs = NOW_MS + i * 1_000;
  const ticks = ['BTC', 'ETH'].map((market) => ({ market, kind: 'mark', venueTimeMs, price: `${100 + i}.5` }));
  soundScript.push({ atMs: venueTimeMs + 40, do: 'frame', sequence: i, ticks });
}
feedContract({
  name: 'live venue by script',
  create: (options) => createFakeFeed({ markets: ['BTC', 'ETH'], cadenceMs: 1_000, script: soundScript, ...options }),
  nowMs: NOW_MS,
  spanMs: 250_000,
});
