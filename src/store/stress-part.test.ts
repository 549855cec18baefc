import { describe, expect, it } from 'vitest';
import type { Client, Request } from '../session/client.ts';
import { NO_SCENARIO, STRESS_SUPERSEDED, type StressFrame } from '../session/protocol.ts';
import { createStressPart, type StressRequest } from './stress-part.ts';

interface Sent {
  readonly request: Request;
  readonly part: (frame: StressFrame) => void;
  readonly answer: (value: unknown) => Promise<void>;
  readonly fail: (message: string) => Promise<void>;
}

/** A client that answers when it is told to. */
function fakeClient() {
  const sent: Sent[] = [];
  const request = ((body: Request, onPart?: (frame: StressFrame) => void) =>
    new Promise<never>((resolve) => {
      const settle = async (value: unknown): Promise<void> => {
        resolve(value as never);
        await new Promise((done) => setImmediate(done));
      };
      sent.push({
        request: body,
        part: (frame) => onPart?.(frame),
        answer: (value) => settle({ ok: true, value }),
        fail: (message) => settle({ ok: false, faults: [{ pointer: '', message }], superseded: false }),
      });
    })) as Client['request'];
  return { sent, part: createStressPart({ request }) };
}

const whatIf = (all: string): StressRequest<'stress-what-if'> => ({
  kind: 'stress-what-if',
  scenario: { ...NO_SCENARIO, all },
  window: null,
});
const matrix: StressRequest<'stress-matrix'> = {
  kind: 'stress-matrix',
  x: { kind: 'market', market: 'BTC', reach: 0.4 },
  y: { kind: 'market', market: 'ETH', reach: 0.4 },
};

describe('the store of stress', () => {
  it('has one question in flight, and of those asked meanwhile sends only the newest', async () => {
    const { sent, part } = fakeClient();
    for (const all of ['-0.1', '-0.2', '-0.3']) part.actions.runLatest(whatIf(all));
    expect(sent.map(({ request }) => request)).toEqual([whatIf('-0.1')]);
    await sent[0]!.answer({ kind: 'stress-what-if', requestId: 1 });
    expect(sent.map(({ request }) => request)).toEqual([whatIf('-0.1'), whatIf('-0.3')]);
    expect(part.store.getState().tasks['stress-what-if']).toMatchObject({
      isRunning: true,
      answers: whatIf('-0.1'),
      request: whatIf('-0.3'),
    });
    await sent[1]!.answer({ kind: 'stress-what-if', requestId: 2 });
    expect(part.store.getState().tasks['stress-what-if']).toMatchObject({ isRunning: false, answers: whatIf('-0.3') });
  });

  it('shows progress and what is refined, and nothing of what was overtaken', async () => {
    const { sent, part } = fakeClient();
    void part.actions.run(matrix);
    sent[0]!.part({ kind: 'stress-progress', requestId: 1, of: 'stress-matrix', fraction: 0.5 });
    sent[0]!.part({ kind: 'stress-matrix', requestId: 1, isFinal: false } as StressFrame);
    expect(part.store.getState().tasks['stress-matrix']).toMatchObject({ isRunning: true, fraction: 0.5, answers: matrix });
    const newer = { ...matrix };
    void part.actions.run(newer);
    sent[0]!.part({ kind: 'stress-progress', requestId: 1, of: 'stress-matrix', fraction: 0.9 });
    await sent[0]!.fail(STRESS_SUPERSEDED);
    expect(part.store.getState().tasks['stress-matrix']).toMatchObject({ isRunning: true, fraction: 0, faults: [] });
  });

  it('keeps faults of what failed, none of what was ended, and the last result beside them', async () => {
    const { sent, part } = fakeClient();
    void part.actions.run(matrix);
    await sent[0]!.answer({ kind: 'stress-matrix', requestId: 1, isFinal: true });
    void part.actions.run(matrix);
    await sent[1]!.fail('no accounts are open');
    const task = part.store.getState().tasks['stress-matrix'];
    expect(task.faults).toHaveLength(1);
    expect(task.result).toMatchObject({ isFinal: true });
    void part.actions.run(matrix);
    await sent[2]!.fail('cancelled');
    expect(part.store.getState().tasks['stress-matrix']).toMatchObject({ isRunning: false, faults: [] });
  });

  it('a bad link leaves the scenario as it was and says what is wrong; a good one takes its place', async () => {
    const { sent, part } = fakeClient();
    part.actions.setScenario({ ...NO_SCENARIO, all: '-0.1' }, 'mine');
    const bad = part.actions.openLink('2~');
    await sent[0]!.fail('a link of a version that is not known');
    await bad;
    expect(part.store.getState()).toMatchObject({ name: 'mine', scenario: { all: '-0.1' }, linkFaults: [{ pointer: '' }] });
    const good = part.actions.openLink('1~a.-0.2');
    await sent[1]!.answer({
      kind: 'scenario-read',
      requestId: 2,
      scenario: { name: '', volatility: '1', scenario: { ...NO_SCENARIO, all: '-0.2' } },
    });
    await good;
    expect(part.store.getState()).toMatchObject({ name: '', scenario: { all: '-0.2' }, linkFaults: [] });
  });

  it('loses the name of a scenario that is changed by hand, and drops what waits when it is cancelled', () => {
    const { sent, part } = fakeClient();
    part.actions.setScenario(NO_SCENARIO, 'Tariff cascade');
    part.actions.setScenario({ ...NO_SCENARIO, all: '-0.1' });
    expect(part.store.getState().name).toBe('');
    part.actions.runLatest(whatIf('-0.1'));
    part.actions.runLatest(whatIf('-0.2'));
    void part.actions.cancel(null);
    expect(sent.map(({ request }) => request.kind)).toEqual(['stress-what-if', 'stress-cancel']);
  });
});
