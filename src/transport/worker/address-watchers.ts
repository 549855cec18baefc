/**
 * One watcher a source over the whole list, with what carries their questions: a bounded request to the venue, to a server of the user's own, or to a stand-in; and a socket
 * where the venue tells changes by itself. Rules WL-2, WL-13 to WL-15, WL-17 of docs/spec/watched-addresses.md.
 */
import { gatewayOrigin } from '../../domain/gateway.ts';
import { ACCOUNT_SOURCES } from '../../feeds/accounts/index.ts';
import { askedOnce, atStandIn, throughGateways } from '../../feeds/accounts/placed.ts';
import { type AccountReading, type AccountSource, type Ask, AskError } from '../../feeds/accounts/source.ts';
import { type AccountWatcher, createAccountWatcher, type WatchedRow } from '../../feeds/accounts/watcher.ts';
import { createAsk, NO_CONNECTION } from '../../feeds/ask.ts';
import type { WatchedAddress } from '../../session/protocol.ts';
import { createSocketPort, type LiveSocketPort } from './socket-port.ts';

/** How venues are asked. */
export interface WatchPlan {
  /** By what they stand in for: `https://host`, `chain:base`. */
  readonly gateways: Readonly<Record<string, string>>;
  readonly isStandIn: boolean;
}

export interface WatchersOptions {
  readonly now: () => number;
  readonly baseUrl: string;
  /** The platform's own where absent. */
  readonly fetch?: typeof fetch;
  readonly WebSocket?: unknown;
  readonly random?: () => number;
  /** Whether the page's policy was seen to refuse this origin. */
  readonly isRefusedByPolicy?: (origin: string) => boolean;
}

export interface AddressWatchers {
  /** In place of the list before; what stays on it goes on. */
  readonly follow: (addresses: readonly WatchedAddress[]) => void;
  readonly readAgain: (only?: WatchedAddress) => void;
  /** Asks what is due, and gives what came. */
  readonly advance: (nowMs: number) => readonly { readonly at: WatchedAddress; readonly reading: AccountReading }[];
  /** In no order. */
  readonly rows: () => readonly (WatchedRow & { readonly source: string })[];
  readonly wake: () => void;
  readonly close: () => void;
}

interface Open {
  readonly watcher: AccountWatcher;
  readonly port: LiveSocketPort | undefined;
}

export function createAddressWatchers(plan: WatchPlan, options: WatchersOptions): AddressWatchers {
  const open = new Map<string, Open>();
  const close = (id: string): void => {
    open.get(id)?.watcher.close();
    open.get(id)?.port?.end();
    open.delete(id);
  };
  return {
    follow: (addresses) => {
      for (const source of ACCOUNT_SOURCES) {
        const { id } = source;
        const own = addresses.filter((at) => at.source === id).map(({ address }) => address);
        if (own.length === 0) close(id);
        else if (open.has(id)) open.get(id)?.watcher.follow(own);
        else open.set(id, openWatcher(source, own, plan, options));
      }
    },
    readAgain: (only) => {
      for (const [id, { watcher }] of open) if (!only || only.source === id) watcher.readAgain(only?.address);
    },
    advance: (nowMs) =>
      [...open].flatMap(([source, { watcher }]) =>
        watcher.advance(nowMs).readings.map(({ address, reading }) => ({ at: { source, address }, reading })),
      ),
    rows: () => [...open].flatMap(([source, { watcher }]) => watcher.rows().map((row) => ({ ...row, source }))),
    wake: () => {
      for (const { watcher } of open.values()) watcher.wake();
    },
    close: () => {
      for (const id of [...open.keys()]) close(id);
    },
  };
}

function openWatcher(source: AccountSource, addresses: readonly string[], plan: WatchPlan, options: WatchersOptions): Open {
  const { random = Math.random } = options;
  const hasGateway = source.hosts.some((host) => plan.gateways[host] !== undefined);
  // A server of the user's own need not speak the venue's sockets: what it stands in for is asked.
  const port = source.push && !hasGateway ? createSocketPort(options) : undefined;
  const placed = plan.isStandIn ? atStandIn(new URL(options.baseUrl).origin) : undefined;
  const watcher = createAccountWatcher({
    source,
    addresses,
    ask: askOf(plan, options),
    random,
    ...(port ? { port } : {}),
    ...(placed ? { placed } : {}),
  });
  return { watcher, port };
}

/** What every question of a source goes through. */
function askOf(
  { gateways, isStandIn }: WatchPlan,
  { baseUrl, fetch: carry = fetch, isRefusedByPolicy = () => false }: WatchersOptions,
): Ask {
  const place = isStandIn ? atStandIn(new URL(baseUrl).origin) : throughGateways(gateways);
  const ask = createAsk({ fetch: (url, init) => carry(url, init), fail: (message, status) => new AskError(message, status), place });
  const carried: Ask = (question) =>
    ask(question).catch((error: unknown) => {
      const asked = place(question.url);
      const isOwn = !isStandIn && asked !== question.url && error instanceof AskError && error.status === 0;
      throw isOwn ? new AskError(whyUnanswered(gatewayOrigin(asked), error.message, isRefusedByPolicy), 0) : error;
    });
  return isStandIn ? carried : askedOnce(carried, gateways);
}

/** Of a server of the user's own: what the page's policy refuses looks to a program like a server that is not there. */
function whyUnanswered(origin: string, message: string, isRefusedByPolicy: (origin: string) => boolean): string {
  if (isRefusedByPolicy(origin))
    return `the policy of this page does not let it ask ${origin}: whoever builds the page names it in PLIMSOLL_GATEWAYS (docs/hosting.md), or run the server on this machine`;
  return message.endsWith(NO_CONNECTION)
    ? `${message}: is it running, and does it answer pages of other origins (Access-Control-Allow-Origin)?`
    : message;
}
