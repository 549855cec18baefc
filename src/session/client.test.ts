import { describe, expect, it } from 'vitest';
import type { Client, ClientOptions, ConnectionState } from './client.ts';
import { createClient, PENDING_MAX } from './client.ts';
import { createEngine } from './engine.ts';
import type { Command, Frame, Snapshot } from './protocol.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import { CHANGES_MAX } from './restore.ts';
import { AS_OF_MS, bookText } from './testing/fixtures.ts';
import type { Transport, TransportFault } from './transport.ts';

/** A transport whose other end is the test. */
class Wire implements Transport {
  sent: Command[] = [];
  isClosed = false;
  private message: (message: unknown) => void = () => undefined;
  private error: (fault: TransportFault) => void = () => undefined;
  private started: () => void = () => undefined;
  readonly post = (message: unknown) => void this.sent.push(structuredClone(message) as Command);
  readonly onMessage = (listener: (message: unknown) => void): void => {
    this.message = listener;
  };
  readonly onError = (listener: (fault: TransportFault) => void): void => {
    this.error = listener;
  };
  readonly onStart = (listener: () => void): void => {
    this.started = listener;
  };
  readonly close = (): void => {
    this.isClosed = true;
  };
  start(version = PROTOCOL_VERSION) {
    this.started();
    this.give({ kind: 'welcome', protocolVersion: version });
  }
  fail(kind: TransportFault['kind'] = 'stopped') {
    this.error({ kind, detail: 'it broke' });
  }
  give(frame: Frame | object) {
    this.message(frame);
  }
  /** The commands sent since the last call. */
  take() {
    return this.sent.splice(0).filter((command) => command.kind !== 'seen');
  }
}

interface Page {
  readonly wire: Wire;
  readonly client: Client;
  readonly snapshots: Snapshot[];
  readonly whatIfs: Frame[];
  readonly connections: ConnectionState[];
  readonly faults: string[];
  readonly paint: () => void;
}

function page(options: Partial<ClientOptions> = {}): Page {
  const wire = new Wire();
  let scheduled: (() => void)[] = [];
  const [snapshots, whatIfs, connections, faults]: [Snapshot[], Frame[], ConnectionState[], string[]] = [[], [], [], []];
  const client = createClient({
    transport: wire,
    hello: { nowMs: () => 5, debug: true },
    schedule: (deliver) => void scheduled.push(deliver),
    onSnapshot: (snapshot) => void snapshots.push(snapshot),
    onWhatIf: (frame) => void whatIfs.push(frame),
    onDesk: () => undefined,
    onAlarms: () => undefined,
    onConnection: (state) => void connections.push(state),
    onFaults: (all) => void faults.push(...all.map((fault) => fault.message)),
    ...options,
  });
  const paint = () => {
    const due = scheduled;
    scheduled = [];
    for (const deliver of due) deliver();
  };
  return { wire, client, snapshots, whatIfs, connections, faults, paint };
}

/** Real snapshots, so that nothing is made up: those of a loaded session. */
const realSnapshot = (change: Partial<Snapshot> = {}): Snapshot => {
  const engine = createEngine();
  engine.step({ kind: 'load', requestId: 1, name: 'book', text: bookText() }, AS_OF_MS);
  const frame = engine.step({ kind: 'flush' }, AS_OF_MS)[0];
  if (frame?.kind !== 'snapshot') throw new Error('no snapshot');
  return { ...frame, ...change };
};

const idOf = (command: Command | undefined): number => (command && 'requestId' in command ? command.requestId : -1);
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('SE-25 one promise for each request', () => {
  it('says hello first, keeps early commands for the start, and numbers requests', async () => {
    const { wire, client, connections } = page();
    const answer = client.request({ kind: 'export' });
    expect(wire.sent).toEqual([]);
    wire.start();
    const [hello, command] = wire.take();
    expect(hello).toEqual({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, nowMs: 5, debug: true });
    wire.give({ kind: 'exported', requestId: idOf(command), text: 'x' });
    expect(await answer).toMatchObject({ ok: true, value: { text: 'x' } });
    expect(connections.at(-1)?.kind).toBe('ready');
  });

  it('gives back faults, and leaves other requests alone', async () => {
    const { wire, client } = page();
    wire.start();
    const [first, second] = [client.request({ kind: 'export' }), client.request({ kind: 'load-demo' })];
    const [, a, b] = wire.take();
    wire.give({ kind: 'failed', requestId: idOf(b), faults: [{ pointer: '/x', message: 'no' }] });
    wire.give({ kind: 'exported', requestId: idOf(a), text: 'y' });
    expect(await second).toEqual({ ok: false, faults: [{ pointer: '/x', message: 'no' }], superseded: false });
    expect(await first).toMatchObject({ ok: true });
  });

  it('refuses more requests than may wait', async () => {
    const { wire, client } = page();
    wire.start();
    for (let i = 0; i < PENDING_MAX; i++) void client.request({ kind: 'export' });
    expect(await client.request({ kind: 'export' })).toMatchObject({ ok: false });
  });

  it('takes no message that is none of the protocol', () => {
    const { wire, faults, snapshots } = page();
    wire.start();
    for (const junk of [null, 3, 'x', {}, { kind: 5 }, { kind: 'toString' }, { kind: 'done', requestId: 12345 }]) wire.give(junk as object);
    expect([faults, snapshots]).toEqual([[], []]);
  });

  it('error: stops when the versions differ', async () => {
    const { wire, client, connections } = page();
    const answer = client.request({ kind: 'export' });
    wire.start(PROTOCOL_VERSION + 1);
    expect(connections.at(-1)?.kind).toBe('failed');
    expect(wire.isClosed).toBe(true);
    expect(await answer).toMatchObject({ ok: false });
    expect(await client.request({ kind: 'export' })).toMatchObject({ ok: false });
  });
});

describe('SE-27 latest wins for what-ifs', () => {
  const spec = (all: string) => ({ moves: {}, all });

  it('keeps one in flight and sends the newest of those that came meanwhile', async () => {
    const { wire, client, whatIfs } = page();
    wire.start();
    wire.take();
    const answers = ['1', '2', '3', '4'].map((all) => client.whatIf(spec(all)));
    const [first, ...none] = wire.take();
    expect([first, none]).toMatchObject([{ spec: { all: '1' } }, []]);
    wire.give({ kind: 'what-if', requestId: idOf(first), spec: spec('1'), account: null, computeMs: 1 });
    await settled();
    const [second, ...rest] = wire.take();
    expect([second, rest]).toMatchObject([{ spec: { all: '4' } }, []]);
    wire.give({ kind: 'what-if', requestId: idOf(second), spec: spec('4'), account: null, computeMs: 1 });
    expect((await Promise.all(answers)).map((answer) => (answer.ok ? 'ok' : answer.superseded))).toEqual(['ok', true, true, 'ok']);
    expect(whatIfs).toHaveLength(2);
  });

  it('shows no late answer after leaving', async () => {
    const { wire, client, whatIfs } = page();
    wire.start();
    wire.take();
    void client.whatIf(spec('1'));
    void client.whatIf(null);
    const [first] = wire.take();
    wire.give({ kind: 'what-if', requestId: idOf(first), spec: spec('1'), account: null, computeMs: 1 });
    expect(whatIfs).toEqual([]);
    await settled();
    const [second] = wire.take();
    wire.give({ kind: 'what-if', requestId: idOf(second), spec: null, account: null, computeMs: 0 });
    expect(whatIfs).toMatchObject([{ spec: null }]);
  });

  it('takes the what-if again when the live book moves beneath it', async () => {
    const { wire, client, whatIfs } = page();
    wire.start();
    wire.take();
    void client.whatIf(spec('1'));
    const frame = { kind: 'what-if', requestId: idOf(wire.take()[0]), spec: spec('1'), account: null, computeMs: 1 } as const;
    wire.give(frame);
    wire.give(frame);
    expect(whatIfs).toHaveLength(2);
  });
});

describe('SE-19 an end that nobody asked for', () => {
  const spec = (all: string) => ({ moves: {}, all });
  const end = (requestId: number) => ({ kind: 'what-if', requestId, spec: null, account: null, computeMs: 0 }) as const;
  const asked = async () => {
    const all = page();
    all.wire.start();
    all.wire.take();
    void all.client.whatIf(spec('1'));
    const requestId = idOf(all.wire.take()[0]);
    all.wire.give({ kind: 'what-if', requestId, spec: spec('1'), account: null, computeMs: 1 });
    await settled();
    all.whatIfs.length = 0;
    return { ...all, requestId };
  };

  it('is shown, and is not brought back by a restart', async () => {
    const { wire, whatIfs, requestId } = await asked();
    wire.give(end(requestId));
    expect(whatIfs).toMatchObject([{ spec: null }]);
    wire.fail();
    wire.start();
    expect(wire.take().map((command) => command.kind)).toEqual(['hello']);
  });

  it('does not end the next one, which is already on its way', async () => {
    const { wire, client, whatIfs, requestId } = await asked();
    void client.whatIf(spec('2'));
    const next = idOf(wire.take()[0]);
    wire.give(end(requestId));
    expect(whatIfs).toEqual([]);
    wire.give({ kind: 'what-if', requestId: next, spec: spec('2'), account: null, computeMs: 1 });
    expect(whatIfs).toMatchObject([{ spec: { all: '2' } }]);
  });
});

describe('SE-28 newest snapshot only', () => {
  it('delivers the newest at the next frame, with the lists of the one that carried them, and says which was seen', () => {
    const { wire, snapshots, paint } = page();
    wire.start();
    wire.sent = [];
    wire.give(realSnapshot({ bookVersion: 1 }));
    for (const bookVersion of [2, 3, 4])
      wire.give(realSnapshot({ bookVersion, catalogUnchanged: true, accounts: [], instruments: { count: 0, id: [], base: [] } }));
    expect(snapshots).toEqual([]);
    paint();
    expect(snapshots).toHaveLength(1);
    expect(snapshots[0]).toMatchObject({ bookVersion: 4, accounts: { length: 4 }, instruments: { count: 4 } });
    expect(wire.sent).toEqual([{ kind: 'seen', bookVersion: 4 }]);
    paint();
    expect(snapshots).toHaveLength(1);
  });
});

describe('SE-31 a worker that stopped', () => {
  /** A page with a book, two edits (one refused), a feed, a speed and a what-if behind it. */
  const busyPage = async () => {
    const all = page();
    const { wire, client } = all;
    wire.start();
    void client.request({ kind: 'load', name: 'book', text: 'BOOK' });
    void client.request({ kind: 'edit', edit: { kind: 'position-remove', index: 1 } });
    void client.request({ kind: 'edit', edit: { kind: 'position-remove', index: 99 } });
    void client.request({ kind: 'alarm-rules', text: 'RULES' });
    void client.request({ kind: 'select-account', account: 'b' });
    void client.request({ kind: 'feed', feed: { kind: 'replay', name: 'crash' } });
    client.setSpeed(60);
    void client.whatIf({ moves: {}, all: '-0.1' });
    for (const command of wire.take()) {
      const requestId = idOf(command);
      if (command.kind === 'load') wire.give({ kind: 'loaded', requestId, name: 'book', accountCount: 1, faults: [] });
      else if (command.kind === 'what-if') wire.give({ kind: 'what-if', requestId, spec: command.spec, account: null, computeMs: 0 });
      else if (command.kind === 'edit' && command.edit.kind === 'position-remove' && command.edit.index === 99)
        wire.give({ kind: 'failed', requestId, faults: [] });
      else if (requestId > 0) wire.give({ kind: 'done', requestId });
    }
    wire.give(realSnapshot({ source: { ...realSnapshot().source, kind: 'replay', clockMs: 777, speed: 60 } }));
    await settled();
    wire.take();
    return all;
  };

  it('is told everything that was accepted, in order, and nothing else', async () => {
    const { wire } = await busyPage();
    wire.fail();
    wire.start();
    expect(wire.take().map(({ requestId, ...command }: Command & { requestId?: number }) => command)).toEqual([
      { kind: 'hello', protocolVersion: PROTOCOL_VERSION, nowMs: 5, debug: true },
      { kind: 'alarm-rules', text: 'RULES' },
      { kind: 'load', name: 'book', text: 'BOOK' },
      { kind: 'edit', edit: { kind: 'position-remove', index: 1 } },
      { kind: 'select-account', account: 'b' },
      { kind: 'feed', feed: { kind: 'replay', name: 'crash' } },
      { kind: 'feed-seek', timeMs: 777 },
      { kind: 'feed-speed', speed: 60 },
      { kind: 'what-if', spec: { moves: {}, all: '-0.1' } },
    ]);
  });

  it('is told that simulated closures are off, whoever turned them off', async () => {
    const { wire } = await busyPage();
    const said = { kind: 'alarms', standing: [], rules: '' } as unknown as Extract<Frame, { kind: 'alarms' }>;
    wire.give({ ...said, areClosuresOn: false });
    wire.fail();
    wire.start();
    expect(wire.take()[2]).toMatchObject({ kind: 'alarm-closures', on: false });
    wire.give({ ...said, areClosuresOn: true });
    wire.fail();
    wire.start();
    expect(wire.take().map(({ kind }) => kind)).not.toContain('alarm-closures');
  });

  it('shows nothing half restored, then says that it is back', async () => {
    const { wire, snapshots, connections, faults, paint } = await busyPage();
    paint();
    snapshots.length = 0;
    wire.fail();
    expect(connections.at(-1)).toMatchObject({ kind: 'restarting', restartCount: 1 });
    wire.start();
    const restore = wire.take().filter((command) => idOf(command) > 0);
    wire.give(realSnapshot({ bookVersion: 1 }));
    paint();
    expect(snapshots).toEqual([]);
    for (const command of restore.slice(0, -1)) wire.give({ kind: 'done', requestId: idOf(command) });
    expect(connections.at(-1)?.kind).toBe('restarting');
    wire.give({ kind: 'failed', requestId: idOf(restore.at(-1)), faults: [{ pointer: '', message: 'lost' }] });
    paint();
    expect(connections.at(-1)).toMatchObject({ kind: 'ready', restartCount: 1 });
    expect(faults).toEqual(['lost']);
    expect(snapshots).toHaveLength(1);
  });

  it('answers what was waiting, once, and does not carry it out', async () => {
    const { wire, client } = await busyPage();
    const waiting = client.request({ kind: 'edit', edit: { kind: 'undo' } });
    wire.fail();
    expect(await waiting).toMatchObject({ ok: false, superseded: false });
    expect(await client.request({ kind: 'export' })).toMatchObject({ ok: false });
    wire.take();
    wire.start();
    expect(wire.take().some((command) => command.kind === 'edit' && command.edit.kind === 'undo')).toBe(false);
  });

  it('asks again for the newest what-if, also one that was under way', async () => {
    const { wire, client, whatIfs } = await busyPage();
    const answers = ['-0.2', '-0.3'].map((all) => client.whatIf({ moves: {}, all }));
    wire.fail();
    expect((await Promise.all(answers)).map((answer) => !answer.ok && answer.superseded)).toEqual([true, true]);
    wire.take();
    wire.start();
    const restore = wire.take();
    expect(restore.at(-1)).toMatchObject({ kind: 'what-if', spec: { all: '-0.3' } });
    for (const command of restore.slice(0, -1)) if (idOf(command) > 0) wire.give({ kind: 'done', requestId: idOf(command) });
    whatIfs.length = 0;
    wire.give({ kind: 'what-if', requestId: idOf(restore.at(-1)), spec: { moves: {}, all: '-0.3' }, account: null, computeMs: 1 });
    expect(whatIfs).toHaveLength(1);
  });

  it('survives a second crash in the middle of the restoration', async () => {
    const { wire, connections } = await busyPage();
    wire.fail();
    wire.start();
    wire.take();
    wire.fail();
    wire.start();
    const restore = wire.take();
    expect(restore).toHaveLength(9);
    for (const command of restore) if (idOf(command) > 0) wire.give({ kind: 'done', requestId: idOf(command) });
    expect(connections.at(-1)).toMatchObject({ kind: 'ready', restartCount: 2 });
  });

  it('says so when it does not come back', async () => {
    const { wire, client, connections } = await busyPage();
    wire.fail('failed');
    expect(connections.at(-1)?.kind).toBe('failed');
    expect(await client.whatIf(null)).toMatchObject({ ok: false });
  });

  it('does not ask for a simulation again that ended with a book of the user’s own', () => {
    const { wire, client } = page();
    wire.start();
    void client.request({ kind: 'feed', feed: { kind: 'simulated', seed: 1, regime: 'calm', stepMs: 1_000 } });
    void client.request({ kind: 'load', name: 'own', text: 'OWN' });
    for (const command of wire.take().slice(1)) {
      const requestId = idOf(command);
      wire.give(
        command.kind === 'load' ? { kind: 'loaded', requestId, name: 'own', accountCount: 1, faults: [] } : { kind: 'done', requestId },
      );
    }
    wire.fail();
    wire.start();
    expect(wire.take().map((command) => command.kind)).toEqual(['hello', 'load']);
  });

  it('WL-12: an account of an address is remembered as it was taken, and once it is changed by hand as it was then', async () => {
    const { wire, client } = page();
    wire.start();
    wire.take();
    const answered = async (request: Parameters<Client['request']>[0], exported: string): Promise<void> => {
      const answer = client.request(request);
      wire.give({ kind: 'done', requestId: idOf(wire.take()[0]) });
      await answer;
      const [command] = wire.take();
      if (command?.kind === 'export') wire.give({ kind: 'exported', requestId: command.requestId, text: exported });
      await settled();
    };
    const restored = (): Command[] => {
      wire.fail();
      wire.start();
      return wire.take().slice(1);
    };
    await answered({ kind: 'addresses-show', account: 'hyperliquid:0x1' }, 'first');
    expect(restored()).toMatchObject([{ kind: 'load', text: 'first' }]);
    await answered({ kind: 'edit', edit: { kind: 'position-remove', index: 0 } }, 'read again and changed');
    await answered({ kind: 'edit', edit: { kind: 'undo' } }, 'never asked for');
    expect(restored()).toMatchObject([
      { kind: 'load', text: 'read again and changed' },
      { kind: 'edit', edit: { kind: 'undo' } },
    ]);
  });

  it('replaces a long list of edits by the book they led to', async () => {
    const { wire, client } = page();
    wire.start();
    const answerAll = () => {
      for (const command of wire.take()) {
        const requestId = idOf(command);
        if (command.kind === 'load') wire.give({ kind: 'loaded', requestId, name: 'book', accountCount: 1, faults: [] });
        else if (command.kind === 'export') wire.give({ kind: 'exported', requestId, text: 'COMPACT' });
        else if (requestId > 0) wire.give({ kind: 'done', requestId });
      }
    };
    void client.request({ kind: 'load', name: 'book', text: 'LONG' });
    void client.request({ kind: 'select-account', account: 'b' });
    for (let i = 0; i < CHANGES_MAX; i++) {
      void client.request({ kind: 'edit', edit: { kind: 'undo' } });
      answerAll();
    }
    answerAll();
    await settled();
    wire.fail();
    wire.start();
    expect(wire.take().map((command) => (command.kind === 'load' ? command.text : command.kind))).toEqual([
      'hello',
      'COMPACT',
      'select-account',
    ]);
  });
});
