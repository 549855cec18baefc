/**
 * Hyperliquid's own word of an account: its states on all dexes, its spot balances and its mode, over one socket (rule AA-14 of docs/spec/addresses.md).
 * Sources: docs "websocket/subscriptions"; nktkas/hyperliquid@db80d598 src/api/subscription (allDexsClearinghouseState, spotState, webData3).
 */
import * as v from 'valibot';
import { check, isRecord } from '../../wire/schema.ts';
import type { AccountPush, PushReading } from './source.ts';

const user = () => v.pipe(v.string('expected an address'), v.regex(/^0x[0-9a-fA-F]{40}$/, 'expected an address'), v.toLowerCase());
const record = () => v.custom<Readonly<Record<string, unknown>>>(isRecord, 'expected an object');
const statesSchema = v.looseObject({
  user: user(),
  clearinghouseStates: v.pipe(v.array(v.unknown(), 'expected the states of the dexes'), v.maxLength(200)),
});
const spotSchema = v.looseObject({ user: user(), spotState: record() });
const webSchema = v.looseObject({
  userState: v.looseObject({ user: user(), abstraction: v.nullish(v.string('expected the name of a mode')) }),
});

const ALIVE: PushReading = { kind: 'alive' };
const TYPES = ['allDexsClearinghouseState', 'spotState', 'webData3'] as const;

function frame(told: unknown): PushReading {
  if (!isRecord(told)) return ALIVE;
  const { channel, data } = told;
  if (channel === 'error') return { kind: 'refused', why: String(data).slice(0, 200) };
  if (channel === 'allDexsClearinghouseState') {
    const { user: address, clearinghouseStates } = check(statesSchema, data, '/data');
    return { kind: 'change', change: { address, part: 'states', body: clearinghouseStates } };
  }
  if (channel === 'spotState') {
    const { user: address, spotState } = check(spotSchema, data, '/data');
    return { kind: 'change', change: { address, part: 'spot', body: spotState } };
  }
  if (channel === 'webData3') {
    const { userState } = check(webSchema, data, '/data');
    return { kind: 'change', change: { address: userState.user, part: 'mode', body: userState.abstraction ?? null } };
  }
  return ALIVE;
}

export const hyperliquidPush: AccountPush = {
  url: 'wss://api.hyperliquid.xyz/ws',
  // So many users over all subscriptions of one address of the internet.
  addressesMax: 10,
  subscribe: (addresses) =>
    addresses.flatMap((address) =>
      TYPES.map((type) => JSON.stringify({ method: 'subscribe', subscription: { type, user: address.toLowerCase() } })),
    ),
  ping: { everyMs: 20_000, text: JSON.stringify({ method: 'ping' }) },
  silenceMs: 60_000,
  cadenceMs: 10_000,
  frame,
};
