import { describe, expect, it } from 'vitest';
import type { BackTestSpec, StudyFrame, StudyModule } from '../../session/protocol.ts';
import { STUDY_MODULE } from '../../session/study/index.ts';
import { createStudyHost } from './host.ts';

const SPEC: BackTestSpec = {
  rules: [{ kind: 'bare' }, { kind: 'deadband' }],
  stream: { kind: 'simulated', seed: 1, regime: 'normal', days: 7, lookMs: 3_600_000 },
  subjects: { kind: 'weekly-longs', leverage: 8, runs: 1 },
};

/** A host whose turns are taken by hand and whose clock jumps a slice at every look. */
function bench(studies: StudyModule = STUDY_MODULE, fetchText = (): Promise<string> => Promise.reject(new Error('no such file'))) {
  const frames: StudyFrame[] = [];
  const turns: (() => void)[] = [];
  let nowMs = 0;
  const host = createStudyHost({
    studies,
    post: (frame) => frames.push(frame),
    soon: (run) => turns.push(run),
    stopwatch: () => {
      nowMs += 60;
      return nowMs;
    },
    fetchText,
  });
  const ask = (requestId: number, spec: BackTestSpec = SPEC): void =>
    host.receive({ kind: 'study-back-test', requestId, spec, baseUrl: 'http://localhost/' });
  return { host, frames, turns, ask };
}

const run = (turns: (() => void)[]): void => {
  for (let turn = turns.shift(); turn; turn = turns.shift()) turn();
};

describe('SY-12 the studies’ worker', () => {
  it('works in slices, tells progress, answers once', () => {
    const { frames, turns, ask } = bench();
    ask(1);
    expect(frames).toEqual([]);
    run(turns);
    const shares = frames.flatMap((frame) => (frame.kind === 'study-progress' ? [frame.share] : []));
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(frames.filter(({ kind }) => kind === 'study-back-tested')).toHaveLength(1);
    expect(frames.at(-1)).toMatchObject({ kind: 'study-back-tested', requestId: 1 });
  });

  it('a cancelled back-test ends between two slices and the next one begins', () => {
    const { host, frames, turns, ask } = bench();
    ask(1);
    ask(2);
    turns.shift()?.();
    host.receive({ kind: 'study-cancel', requestId: 1 });
    host.receive({ kind: 'study-cancel', requestId: 1 });
    run(turns);
    expect(frames.filter(({ kind }) => kind !== 'study-progress').map(({ kind, requestId }) => [kind, requestId])).toEqual([
      ['study-failed', 1],
      ['study-back-tested', 2],
    ]);
    expect(frames.find(({ kind }) => kind === 'study-failed')).toMatchObject({ faults: [{ message: 'cancelled' }] });
  });

  it('what cannot be read is refused, and the next is answered', async () => {
    const { host, frames, turns, ask } = bench();
    host.receive({ kind: 'nonsense' });
    ask(1, { ...SPEC, stream: { kind: 'replay', name: 'none', lookMs: 60_000 } });
    await Promise.resolve();
    await Promise.resolve();
    ask(2, { ...SPEC, rules: [{ kind: 'text', name: 'x', text: '[' }, { kind: 'bare' }] });
    ask(3);
    run(turns);
    expect(frames.filter(({ kind }) => kind !== 'study-progress').map(({ kind, requestId }) => [kind, requestId])).toEqual([
      ['study-failed', 0],
      ['study-failed', 1],
      ['study-failed', 2],
      ['study-back-tested', 3],
    ]);
  });
});
