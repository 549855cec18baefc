/** WL-11, WL-16: the page's side of watched addresses. */
import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Client, ConnectionState, Request } from '../session/client.ts';
import type { AddressesFrame } from '../session/protocol.ts';
import { ADDRESSES_KEY, readAddressesMemory } from './addresses-memory.ts';
import { createAddressesPart } from './addresses-part.ts';
import type { AppState } from './types.ts';

const USER = `0x${'ab'.repeat(20)}`;
const OTHER = `0x${'cd'.repeat(20)}`;

function stand(kept?: unknown, isStandIn = false) {
  const texts = new Map<string, string>(
    kept === undefined ? [] : [[ADDRESSES_KEY, typeof kept === 'string' ? kept : JSON.stringify(kept)]],
  );
  const storage = { getItem: (key: string) => texts.get(key) ?? null, setItem: (key: string, text: string) => void texts.set(key, text) };
  const connection: ConnectionState = { kind: 'ready', detail: '', restartCount: 0 };
  const app = createStore<AppState>()(() => ({ connection, notices: [], snapshot: { selectedAccount: USER } }) as unknown as AppState);
  const asked: Request[] = [];
  const request = ((one: Request) => {
    asked.push(one);
    return Promise.resolve({ ok: true, value: { kind: 'done' } });
  }) as Client['request'];
  const part = createAddressesPart({ store: app, client: { request }, storage, isStandIn });
  const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
  const restart = async (): Promise<void> => {
    app.setState({ connection: { kind: 'restarting', detail: '', restartCount: 1 } });
    app.setState({ connection: { kind: 'ready', detail: '', restartCount: 1 } });
    await settled();
  };
  return { part, app, asked, texts, settled, restart, state: () => part.store.getState(), kinds: () => asked.map(({ kind }) => kind) };
}

const frame = (shown: AddressesFrame['shown'], state: 'read' | 'late' = 'read'): AddressesFrame =>
  ({
    kind: 'addresses',
    addresses: [{ source: 'hyperliquid', address: USER, state, why: state === 'late' ? 'no answer' : '' }],
    accounts: [{ account: `hyperliquid:${USER}`, source: 'hyperliquid', address: USER }],
    shown,
  }) as unknown as AddressesFrame;
const FOLLOWED = { account: `hyperliquid:${USER}`, left: '' };

describe('WL-16 what the device remembers', () => {
  it('a change in one tab is not written over by the next in another', async () => {
    const entry = (address: string) => ({ source: 'hyperliquid', address, label: '' });
    const { part, texts, asked, settled, state } = stand({ list: [entry(USER)], gateways: {} });
    texts.set(ADDRESSES_KEY, JSON.stringify({ list: [entry(OTHER)], gateways: { 'chain:base': 'https://rpc.example' } }));
    const third = `0x${'ef'.repeat(20)}`;
    expect(part.actions.add('hyperliquid', third)).toEqual([]);
    await settled();
    expect(state().list.map(({ address }) => address)).toEqual([OTHER, third]);
    expect(JSON.parse(texts.get(ADDRESSES_KEY) ?? '')).toMatchObject({
      list: [entry(OTHER), entry(third)],
      gateways: { 'chain:base': 'https://rpc.example' },
    });
    expect(asked.at(-1)).toMatchObject({ addresses: [{ address: OTHER }, { address: third }] });
    // Storage that was emptied or refuses loses nothing of what stands here.
    texts.clear();
    part.actions.label({ source: 'hyperliquid', address: third }, 'kept');
    expect(state().list).toHaveLength(2);
  });
  it('the list, its labels and servers of one’s own; every row looked at like one that is typed', () => {
    const { state } = stand({
      list: [
        { source: 'hyperliquid', address: USER.toUpperCase().replace('0X', '0x'), label: `  whale ${'x'.repeat(100)}` },
        { source: 'hyperliquid', address: USER, label: 'again' },
        { source: 'nobody', address: USER, label: '' },
        { source: 'dydx-v4', address: USER, label: '' },
        { source: 'dydx-v4' },
        null,
        { source: 'aave-v3:base', address: OTHER },
      ],
      gateways: {
        'chain:base': 'https://rpc.example',
        'chain:nowhere': 'https://a.example',
        'https://api.hyperliquid.xyz': 'http://evil.example',
      },
    });
    expect(state().list).toEqual([
      { source: 'hyperliquid', address: USER, label: 'again' },
      { source: 'aave-v3:base', address: OTHER, label: '' },
    ]);
    expect(state().gateways).toEqual({ 'chain:base': 'https://rpc.example' });
  });
  it.each(['', '{', 'null', '7', '{"list":7,"gateways":[]}', '{"list":{"length":3}}'])(
    'what does not fit is as if it were not there: %s',
    (text) => {
      expect(readAddressesMemory({ getItem: () => text, setItem: () => undefined })).toEqual({ list: [], gateways: {} });
      const refuses = {
        getItem: () => {
          throw new Error('no');
        },
        setItem: () => {
          throw new Error('no');
        },
      };
      expect(readAddressesMemory(refuses)).toEqual({ list: [], gateways: {} });
    },
  );
  it('asks nothing before there is a list, and tells the engine no label', async () => {
    const { part, asked, texts, settled } = stand();
    await settled();
    expect(asked).toEqual([]);
    expect(part.actions.add('hyperliquid', ` ${USER} `, 'my secret name')).toEqual([]);
    expect(part.actions.add('hyperliquid', 'nonsense')[0]).toMatchObject({ pointer: '/address' });
    await settled();
    expect(asked).toEqual([{ kind: 'addresses-watch', addresses: [{ source: 'hyperliquid', address: USER }], gateways: {} }]);
    expect(texts.get(ADDRESSES_KEY)).toContain('my secret name');
    part.actions.label({ source: 'hyperliquid', address: USER }, 'another');
    expect(JSON.stringify(asked)).not.toMatch(/secret|another/);
    part.actions.clear();
    await settled();
    expect(asked.at(-1)).toMatchObject({ addresses: [] });
  });
  it('many at once are one question, and their order is the user’s and asks nothing', async () => {
    const { part, kinds, settled, state } = stand();
    const { add, move } = part.actions;
    for (const source of ['hyperliquid', 'aave-v3:base', 'spark:ethereum']) expect(add(source, USER)).toEqual([]);
    await settled();
    expect(kinds()).toEqual(['addresses-watch']);
    const sources = () => state().list.map(({ source }) => source);
    move({ source: 'spark:ethereum', address: USER }, -1);
    expect(sources()).toEqual(['hyperliquid', 'spark:ethereum', 'aave-v3:base']);
    for (const [source, by] of [
      ['hyperliquid', -1],
      ['aave-v3:base', 1],
      ['dydx-v4', 1],
    ] as const)
      move({ source, address: USER }, by);
    expect(sources()).toEqual(['hyperliquid', 'spark:ethereum', 'aave-v3:base']);
    await settled();
    expect(kinds()).toEqual(['addresses-watch']);
  });

  it('a server that is none is refused with its sentence and changes nothing', async () => {
    const { part, state, asked, settled } = stand({ list: [{ source: 'aave-v3:base', address: USER }] }, true);
    expect(part.actions.setGateway('chain:base', 'http://rpc.example')).toMatch(/only from this machine/);
    expect(part.actions.setGateway('chain:nowhere', 'https://rpc.example')).not.toBe('');
    expect(state().gateways).toEqual({});
    expect(part.actions.setGateway('chain:base', 'https://rpc.example')).toBe('');
    await settled();
    expect(asked.at(-1)).toMatchObject({ gateways: { 'chain:base': 'https://rpc.example' }, isStandIn: true });
    expect(part.actions.setGateway('chain:base', null)).toBe('');
    expect(state().gateways).toEqual({});
  });
});

describe('WL-11 My margin follows', () => {
  it('that it no longer does is said in a notice, and that the address cannot be read; one at a time', () => {
    const { part, app } = stand();
    const texts = () => app.getState().notices.map(({ text }) => text);
    part.take(frame(FOLLOWED));
    expect(texts()).toEqual([]);
    part.take(frame(FOLLOWED, 'late'));
    expect(texts()).toEqual([expect.stringMatching(/cannot be read now: no answer/)]);
    part.take(frame(FOLLOWED));
    expect(texts()).toEqual([]);
    part.take(frame({ ...FOLLOWED, left: 'the account was changed here' }));
    part.take(frame({ ...FOLLOWED, left: 'the account was changed here' }));
    expect(texts()).toEqual([expect.stringMatching(/no longer follows.*changed here/)]);
  });
  it('SE-31: a fresh engine is told the list and the shock again, and to follow what was followed', async () => {
    const { part, asked, kinds, restart, state } = stand({ list: [{ source: 'hyperliquid', address: USER }] });
    await part.actions.setShock('-0.3', 'ETH');
    part.take(frame(FOLLOWED));
    asked.length = 0;
    await restart();
    expect(state().frame).toBeNull();
    expect(new Set(kinds())).toEqual(new Set(['addresses-watch', 'addresses-shock']));
    expect(asked).toContainEqual({ kind: 'addresses-shock', move: '-0.3', asset: 'ETH' });
    part.take(frame(null));
    expect(asked.at(-1)).toEqual({ kind: 'addresses-show', account: FOLLOWED.account });
    asked.length = 0;
    part.take(frame(FOLLOWED));
    part.take(frame(null));
    expect(asked).toEqual([]);
  });
  it('but not where another book was loaded meanwhile, or nothing was followed', async () => {
    const { part, app, asked, restart } = stand({ list: [{ source: 'hyperliquid', address: USER }] });
    part.take(frame(FOLLOWED));
    await restart();
    app.setState({ snapshot: { selectedAccount: 'mine' } as never });
    asked.length = 0;
    part.take(frame(null));
    await restart();
    asked.length = 0;
    part.take(frame(null));
    expect(asked).toEqual([]);
  });
});
