/** The prices that a back-test runs on: the feeds of the app, read as fast as they are asked (rule SY-3 of docs/spec/study.md). */
import type { Feed } from '../../feeds/feed.ts';
import { createPriceModel } from '../../feeds/price-model.ts';
import { createReplay } from '../../feeds/replay.ts';
import { parseReplay } from '../../feeds/replay-format.ts';
import { createSimulated } from '../../feeds/simulated.ts';
import type { BackTestStream, FeedUpdate, StudySources } from '../../session/protocol.ts';
import { updateOf } from '../worker/feed-runner.ts';

const DAY_MS = 86_400_000;
/** Clock of simulated prices: Monday, 5 January 2026, 00:00 UTC. */
const SIMULATION_START_MS = 1_767_571_200_000;

/** What a feed says at every look from its start to its end, at its own pace: no clock runs. */
function* updatesOf(feed: Feed, lookMs: number, spanMs: number): Generator<FeedUpdate> {
  const looks = Math.floor(spanMs / lookMs);
  for (let i = 0; i <= looks; i++) yield updateOf(feed.description, feed.advance(i * lookMs), i === 0);
}

const walk: StudySources['walk'] = (seed, regime, stepMs) => {
  const model = createPriceModel(seed, regime, stepMs);
  return () => {
    model.step();
    return Math.exp(model.logReturns[0]!);
  };
};

/** The sources of `stream`; `replay` is its file's text. Throws `InputError` for a file that is none. */
export function sourcesOf(stream: BackTestStream, replay: string): StudySources {
  const { lookMs } = stream;
  if (stream.kind === 'simulated') {
    const { seed, regime, days } = stream;
    const spanMs = days * DAY_MS;
    return {
      walk,
      spanMs,
      startMs: SIMULATION_START_MS,
      updates: (startPrices) =>
        updatesOf(createSimulated({ seed, regime, stepMs: lookMs, startMs: SIMULATION_START_MS, startPrices }), lookMs, spanMs),
    };
  }
  const data = parseReplay(replay);
  const spanMs = data.endMs - data.startMs;
  return { walk, spanMs, startMs: data.startMs, updates: () => updatesOf(createReplay(data), lookMs, spanMs) };
}
