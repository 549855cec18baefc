/** The socket of a venue that tells accounts by itself, on the connection of the price streams (rules PS-1 to PS-9, AA-14): connecting, live, lost, tried again. */
import { Connection } from '../live/connection.ts';
import type { SocketPort } from '../live/live-feed.ts';
import type { PriceStream } from '../live/stream.ts';
import type { AccountChange, AccountPush } from './source.ts';

/** Between two changes of who is told: a venue counts connections. */
const FOLLOW_MS = 5_000;

export interface PushLinkOptions {
  readonly id: string;
  readonly name: string;
  readonly push: AccountPush;
  readonly port: SocketPort;
  readonly random: () => number;
  readonly placed: (url: string) => string;
  readonly onChange: (change: AccountChange, atMs: number) => void;
  /** A new socket is open: what it tells begins anew, and what was missed is asked for. */
  readonly onOpen: () => void;
}

export interface PushLink {
  readonly advance: (nowMs: number) => void;
  readonly follow: (addresses: readonly string[]) => void;
  readonly wake: (nowMs: number) => void;
  readonly close: () => void;
  /** Whether the venue tells this address now: the socket is live and the address is subscribed. */
  readonly isTelling: (address: string) => boolean;
}

/** One socket, for as many addresses as the venue takes. */
export function createPushLink(options: PushLinkOptions): PushLink {
  const { push, port, random, onChange, onOpen } = options;
  let told: readonly string[] = [];
  let wanted: readonly string[] = [];
  let clockMs = Number.NEGATIVE_INFINITY;
  let followedMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  const stream = streamOf(options, () => told, onChange);
  const connection = new Connection({ stream, markets: [], random, onFrame: () => true });
  const perform = (deeds: ReturnType<Connection['take']>): void => {
    for (const deed of deeds) port.perform(deed);
  };
  port.happen((happening, atMs) => {
    if (isClosed) return;
    clockMs = Math.max(clockMs, atMs);
    perform(connection.take(happening, clockMs));
    if (happening.kind === 'opened' && connection.view().phase === 'open') onOpen();
  });
  const isOther = (): boolean => wanted.length !== told.length || wanted.some((address) => !told.includes(address));
  return {
    advance: (nowMs) => {
      if (isClosed) return;
      clockMs = Math.max(clockMs, nowMs);
      if (isOther() && (told.length === 0 || clockMs - followedMs >= FOLLOW_MS)) {
        const isFirst = told.length === 0;
        told = wanted;
        followedMs = clockMs;
        if (told.length === 0) perform(connection.stop());
        else if (!isFirst) perform(connection.follow([], clockMs));
      }
      if (told.length > 0) perform(connection.take({ kind: 'time' }, clockMs));
    },
    follow: (addresses) => {
      wanted = addresses.slice(0, push.addressesMax);
    },
    wake: (nowMs) => {
      clockMs = Math.max(clockMs, nowMs);
      if (!isClosed && told.length > 0) perform(connection.take({ kind: 'wake' }, clockMs));
    },
    close: () => {
      if (!isClosed) perform(connection.stop());
      isClosed = true;
    },
    isTelling: (address) => connection.view().phase === 'live' && told.includes(address),
  };
}

/** As a stream whose frames tell accounts: what they say goes to `onChange`, and counts as what keeps the connection live. */
function streamOf(
  { id, name, push, placed }: PushLinkOptions,
  told: () => readonly string[],
  onChange: PushLinkOptions['onChange'],
): PriceStream {
  return {
    id,
    name,
    tells: 'account',
    kinds: [],
    cadenceMs: push.cadenceMs,
    silenceMs: push.silenceMs,
    marketsMax: push.addressesMax,
    symbolOf: (market) => market,
    address: () => placed(push.url),
    subscribe: () => push.subscribe(told()),
    ping: push.ping,
    createReader: () => ({
      frame: (frame, atMs) => {
        const reading = push.frame(frame);
        if (reading.kind !== 'change') return reading;
        onChange(reading.change, atMs);
        return { kind: 'prices', ticks: [] };
      },
    }),
  };
}
