/** WL-1, WL-2, WL-8 to WL-17 in a host: lists, readings, the margin page that follows, servers of one's own. Venues are a function; nothing here needs the internet. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADDRESS_MODULE } from '../../session/addresses/index.ts';
import type { AddressCommand, AddressesFrame, Command, Frame, Snapshot } from '../../session/protocol.ts';
import { bookText } from '../../session/testing/fixtures.ts';
import { type Bench, createBench, HELLO } from '../testing/bench.ts';
import { createAddressesRunner } from './addresses-runner.ts';

const RECORDED = (
  JSON.parse(readFileSync(new URL('../../venues/dydx-v4/vectors/responses.json', import.meta.url), 'utf8')) as {
    id: string;
    input: { response: { subaccount: Record<string, unknown> }; meta?: unknown };
  }[]
).find(({ id }) => id === 'rest_subaccount')!.input;
const FACTS = RECORDED.response.subaccount;
const OWNER = `dydx1${'q'.repeat(38)}`;
const OTHER = `dydx1${'p'.repeat(38)}`;
const USER = `0x${'ab'.repeat(20)}`;
const AT = { source: 'dydx-v4', address: OWNER };
const ACCOUNT = `dydx-v4:${OWNER}/0`;

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A bench whose venues are `answer`; a status in place of an object is an error of HTTP, 0 that nobody is there. */
function bench(answer: (url: string) => object | number = dydx(() => '1000'), isRefusedByPolicy = (_: string): boolean => false) {
  const asked: Asked[] = [];
  const carry = (async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    const said = answer(url);
    if (said === 0) throw new TypeError('Failed to fetch');
    return typeof said === 'number' ? new Response('', { status: said }) : new Response(JSON.stringify(said));
  }) as unknown as typeof fetch;
  const made = createBench(
    { 'demo/book.json': bookText() },
    {
      loadAddresses: async (hooks) =>
        createAddressesRunner({ ...hooks, module: ADDRESS_MODULE, fetch: carry, random: () => 0.5, isRefusedByPolicy }),
    },
  );
  made.send(HELLO);
  return { ...made, asked };
}

/** The indexer: one subaccount a known address, with `amount` of USDC. */
const dydx =
  (amount: () => string) =>
  (url: string): object | number => {
    const { pathname } = new URL(url);
    if (pathname.endsWith('/perpetualMarkets')) return (RECORDED.meta as object | undefined) ?? { markets: {} };
    const address = pathname.split('/').at(-1);
    if (address === OTHER) return 503;
    const usdc = { symbol: 'USDC', side: 'LONG', size: amount(), assetId: '0', subaccountNumber: 0 };
    const subaccount = {
      ...FACTS,
      address,
      subaccountNumber: 0,
      equity: amount(),
      freeCollateral: amount(),
      openPerpetualPositions: {},
      assetPositions: { USDC: usdc },
    };
    return { subaccounts: [subaccount], totalTradingRewards: '0' };
  };

const watch = (addresses: Extract<AddressCommand, { kind: 'addresses-watch' }>['addresses'], over: object = {}): Command =>
  ({ kind: 'addresses-watch', requestId: 5, addresses, gateways: {}, ...over }) as Command;
/** Some seconds of beats, with the turns that answers take. */
async function run(on: Bench, seconds: number): Promise<Frame[]> {
  const from = on.frames.length;
  for (let i = 0; i < seconds * 2; i++) {
    on.beats(5);
    await on.settle();
  }
  return on.frames.slice(from);
}
const newest = (on: Bench): AddressesFrame => {
  const frame = on.frames.findLast(({ kind }) => kind === 'addresses');
  if (frame?.kind !== 'addresses') throw new Error('no frame of addresses yet');
  return frame;
};
const snapshot = (on: Bench): Snapshot => {
  const frame = on.frames.findLast(({ kind }) => kind === 'snapshot');
  if (frame?.kind !== 'snapshot') throw new Error('no snapshot yet');
  on.send({ kind: 'seen', bookVersion: frame.bookVersion });
  return frame;
};
const messages = (frames: readonly Frame[]): string[] =>
  frames.flatMap((frame) => (frame.kind === 'failed' ? frame.faults.map(({ pointer, message }) => `${pointer} ${message}`) : []));
const started = async (amount: () => string = () => '1000') => {
  const on = bench(dydx(amount));
  on.send(watch([AT]));
  await run(on, 2);
  return on;
};

describe('WL-1, WL-2 the list', () => {
  it('is read, assessed and told; nothing but the question is sent', async () => {
    const on = bench();
    on.send(watch([AT, { source: 'dydx-v4', address: OTHER }]));
    expect(await on.settle()).toEqual([{ kind: 'done', requestId: 5 }]);
    await run(on, 2);
    const { addresses, accounts, totals } = newest(on);
    expect(addresses).toMatchObject([
      { address: OWNER, sourceName: 'dYdX v4', state: 'read', why: '' },
      { address: OTHER, state: 'refused', why: expect.stringMatching(/503/) },
    ]);
    expect(accounts).toMatchObject([
      { account: ACCOUNT, venueName: 'dYdX v4', equity: { text: '1000' }, riskState: 'healthy', agreeing: 2 },
    ]);
    expect(totals).toMatchObject({ accounts: 1, equity: { text: '1000' } });
    expect(on.asked.length).toBeGreaterThanOrEqual(3);
    for (const { url, init } of on.asked) {
      expect(new URL(url).origin).toBe('https://indexer.dydx.trade');
      expect(init).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error' });
    }
    expect(on.fatal).toEqual([]);
  });
  it('tells twice a second at most, and nothing where nothing is new', async () => {
    const on = await started();
    const frames = (await run(on, 5)).filter(({ kind }) => kind === 'addresses');
    expect(frames.length).toBeLessThanOrEqual(2);
    on.send({ kind: 'addresses-shock', requestId: 6, move: '-0.2', asset: null });
    await run(on, 1);
    expect(newest(on).shock).toEqual({ move: '-0.2', asset: null });
  });
  it('what is no address, no source, no server or no message is refused with where, and nothing changes', async () => {
    const on = await started();
    const refused = (command: object): string[] => messages(on.send(command));
    expect(refused(watch([AT, { source: 'dydx-v4', address: USER }]))).toEqual([
      expect.stringMatching(/^\/addresses\/1\/address an address is dydx1/),
    ]);
    expect(refused(watch([{ source: 'nobody', address: USER }]))).toEqual([expect.stringMatching(/^\/addresses\/0\/source/)]);
    expect(refused(watch([AT], { gateways: { 'chain:base': 'http://rpc.example' } }))).toEqual([
      expect.stringMatching(/^\/gateways\/chain:base Use https/),
    ]);
    expect(refused({ kind: 'addresses-watch', requestId: 9, addresses: 'all' })).toEqual([expect.stringMatching(/another shape/)]);
    expect(refused({ kind: 'addresses-watch' })).toEqual([expect.stringMatching(/./)]);
    for (const kind of ['addresses-compare', 'addresses-show']) expect(refused({ kind, requestId: 7, account: 'nobody' })).toHaveLength(1);
    expect(refused({ kind: 'addresses-read', requestId: 7, only: { source: 'dydx-v4', address: OTHER } })).toHaveLength(1);
    expect(refused({ kind: 'addresses-shock', requestId: 7, move: 'x', asset: null })).toEqual([expect.stringMatching(/^\/move/)]);
    await run(on, 1);
    expect(newest(on).addresses).toHaveLength(1);
  });
  it('asks no more once it is empty', async () => {
    const on = await started();
    on.send(watch([]));
    await run(on, 1);
    expect(newest(on)).toMatchObject({ addresses: [], accounts: [], totals: { accounts: 0 } });
    const count = on.asked.length;
    await run(on, 15);
    expect(on.asked.length).toBe(count);
  });
  it('everything that the venue states beside ours', async () => {
    const on = await started();
    expect(on.send({ kind: 'addresses-compare', requestId: 8, account: ACCOUNT })).toMatchObject([
      {
        kind: 'addresses-compared',
        requestId: 8,
        rows: [{ figure: 'equity', ours: '1000', theirs: '1000', reason: '' }, { figure: 'freeCollateral' }],
      },
    ]);
  });
  it('without what reads addresses the command fails, and says so', async () => {
    const bare = createBench();
    bare.send(HELLO);
    expect(messages(bare.send(watch([AT])))).toEqual([expect.stringMatching(/no addresses are read here/)]);
    const lost = createBench({}, { loadAddresses: () => Promise.reject(new Error('offline')) });
    lost.send(HELLO);
    lost.send(watch([AT]));
    expect(messages(await lost.settle())).toEqual([expect.stringMatching(/could not be loaded/)]);
  });
});

describe('WL-8 what cannot be read any more', () => {
  it('is stale, never safe, and well again with the next reading', async () => {
    let isDown = false;
    const on = bench((url) => (isDown ? 0 : dydx(() => '1000')(url)));
    on.send(watch([AT]));
    await run(on, 2);
    on.send({ kind: 'addresses-show', requestId: 8, account: ACCOUNT });
    await run(on, 1);
    expect(snapshot(on).account?.riskState).toBe('healthy');
    isDown = true;
    await run(on, 75);
    expect(newest(on)).toMatchObject({ addresses: [{ state: 'late' }], accounts: [{ riskState: 'stale', equity: { text: '1000' } }] });
    expect(snapshot(on).account).toMatchObject({ riskState: 'stale', stale: true, freshness: 'stale', pools: [{ riskState: 'stale' }] });
    isDown = false;
    on.send({ kind: 'addresses-read', requestId: 7 });
    await run(on, 2);
    expect(newest(on)).toMatchObject({ addresses: [{ state: 'read' }], accounts: [{ riskState: 'healthy' }] });
    expect(snapshot(on).account).toMatchObject({ riskState: 'healthy', stale: false });
  });
});

describe('WL-9 to WL-11 in My margin', () => {
  const SHOW: Command = { kind: 'addresses-show', requestId: 8, account: ACCOUNT };
  it('takes the account, ends a simulation, and follows each new reading', async () => {
    let amount = '1000';
    const on = bench(dydx(() => amount));
    on.send({ kind: 'load-demo', requestId: 1 });
    on.send({ kind: 'feed', requestId: 2, feed: { kind: 'simulated', seed: 1, regime: 'normal', stepMs: 1_000 } });
    await on.settle();
    on.send(watch([AT]));
    await run(on, 2);
    snapshot(on);
    expect(on.send(SHOW)).toContainEqual({ kind: 'done', requestId: 8 });
    await run(on, 1);
    expect(snapshot(on)).toMatchObject({ selectedAccount: `${OWNER}/0`, bookName: 'dYdX v4 dydx1q…qqqq', source: { kind: 'none' } });
    amount = '1500';
    await run(on, 12);
    expect(snapshot(on).account?.cells.equity.text).toBe('1500');
    expect(newest(on).shown).toEqual({ account: ACCOUNT, left: '' });
  });
  it('says that it follows no more once it was edited, another book was loaded, or the address left the list', async () => {
    let amount = '1000';
    const on = await started(() => amount);
    on.send(SHOW);
    on.send({ kind: 'edit', requestId: 9, edit: { kind: 'balance-set', index: 0, balance: { amount: '7' } } });
    amount = '1500';
    await run(on, 12);
    expect(newest(on).shown).toMatchObject({ account: ACCOUNT, left: expect.stringMatching(/changed here/) });
    expect(newest(on).accounts[0]?.equity.text).toBe('1500');
    expect(snapshot(on).account?.cells.equity.text).toBe('7');
    on.send(SHOW);
    await run(on, 1);
    expect(snapshot(on).account?.cells.equity.text).toBe('1500');
    on.send(watch([]));
    await run(on, 1);
    expect(newest(on).shown?.left).toMatch(/not on the list/);
    on.send({ kind: 'load', requestId: 10, name: 'mine', text: bookText() });
    await run(on, 1);
    expect(newest(on).shown).toBeNull();
  });
});

describe('WL-13, WL-14, WL-17 who is asked', () => {
  const gatewayOf = (answer: (url: string) => object | number, gateways: object, isRefused?: (origin: string) => boolean) => {
    const on = bench(answer, isRefused);
    on.send(watch([AT], { gateways }));
    return on;
  };
  it('a server of one’s own in place of the venue’s, and of no other; what was read before is stale until it answers', async () => {
    const on = gatewayOf(
      dydx(() => '1000'),
      { 'https://indexer.dydx.trade': 'http://127.0.0.1:9/relay/' },
    );
    await run(on, 2);
    expect(on.asked.map(({ url }) => url)).toEqual([
      `http://127.0.0.1:9/relay/v4/addresses/${OWNER}`,
      'http://127.0.0.1:9/relay/v4/perpetualMarkets',
    ]);
    expect(newest(on).accounts[0]?.riskState).toBe('healthy');
    on.send(watch([AT], { gateways: { 'https://indexer.dydx.trade': 'https://a.example' } }));
    on.beats(5);
    expect(newest(on).accounts[0]?.riskState).toBe('stale');
  });
  it('that the page’s policy refuses it is said plainly, with what to do', async () => {
    const on = gatewayOf(
      () => 0,
      { 'https://indexer.dydx.trade': 'https://a.example/relay' },
      (origin) => origin === 'https://a.example',
    );
    await run(on, 2);
    expect(newest(on).addresses[0]).toMatchObject({
      state: 'refused',
      why: expect.stringMatching(/policy of this page.*https:\/\/a\.example.*PLIMSOLL_GATEWAYS/),
    });
  });
  it('a chain’s server as it stands, path and all, once in place of all; why it does not answer, with what to look at', async () => {
    const at = { source: 'compound-v3:base', address: USER };
    const on = bench(() => 0);
    on.send(watch([at], { gateways: { 'chain:base': 'https://a.example/v2/key' } }));
    await on.settle();
    on.beats(1);
    await on.settle();
    expect(on.asked.map(({ url }) => url)).toEqual(['https://a.example/v2/key']);
    await run(on, 1);
    expect(newest(on)).toMatchObject({
      accounts: [],
      addresses: [{ state: 'refused', why: expect.stringMatching(/a\.example: no connection: is it running/) }],
    });
  });
  it('stand-ins lie below the page’s own origin, and their names say what they are', async () => {
    const on = bench();
    on.send(watch([AT, { source: 'aave-v3:base', address: USER }], { isStandIn: true }));
    await run(on, 2);
    for (const { url } of on.asked) expect(url).toMatch(/^http:\/\/localhost\/venue-sim\/(?:dydx-v4\/v4\/|base$)/);
    expect(on.asked.some(({ url }) => url.endsWith('/venue-sim/base'))).toBe(true);
    expect(newest(on).addresses.map(({ sourceName }) => sourceName)).toEqual(['dYdX v4 (stand-in)', 'Aave v3 on Base (stand-in)']);
  });
});
