/**
 * Carries out what the connections of live feeds want done: sockets, and requests for snapshots (rules PS-2, PS-10 of docs/spec/live.md). When a lost connection is
 * tried again is the connection's to decide (docs/decisions), so each socket is opened once and never opens itself again.
 */
import ReconnectingWebSocket, { CloseEvent as LocalCloseEvent } from 'partysocket/ws';
import { boundedText } from '../../feeds/bounded.ts';
import type { Deed, Happening } from '../../feeds/live/connection.ts';
import type { SocketPort } from '../../feeds/live/live-feed.ts';

export interface SocketPortOptions {
  /** The world's clock, ms since the epoch. */
  readonly now: () => number;
  /** The platform's own where absent. */
  readonly WebSocket?: unknown;
  readonly fetch?: typeof fetch;
}

/** A port that can be let go: sockets are closed, requests are given up, nothing is told any more. */
export interface LiveSocketPort extends SocketPort {
  readonly end: () => void;
  /** Sockets and requests that are under way; for tests of what is left behind. */
  readonly openCount: () => number;
}

/** A snapshot of every market of the largest venue is 0.3 MB. */
export const SNAPSHOT_BOUNDS = { bytesMax: 4_000_000, timeoutMs: 5_000 } as const;

/** Longer than the connection waits: its deadline is the one that counts. */
const PATIENCE_MS = 60_000;

export function createSocketPort({ now, WebSocket, fetch: ask = fetch }: SocketPortOptions): LiveSocketPort {
  const sockets = new Map<number, ReconnectingWebSocket>();
  const requests = new Map<number, AbortController>();
  let listener: (happening: Happening, atMs: number) => void = () => undefined;
  const tell = (happening: Happening): void => listener(happening, now());

  const close = (id: number): void => {
    const socket = sockets.get(id);
    sockets.delete(id);
    requests.get(id)?.abort();
    requests.delete(id);
    if (!socket) return;
    silence(socket);
    socket.close();
  };

  const open = (id: number, url: string): void => {
    const socket = new ReconnectingWebSocket(url, [], {
      maxRetries: 0,
      connectionTimeout: PATIENCE_MS,
      maxEnqueuedMessages: 0,
      ...(WebSocket === undefined ? {} : { WebSocket }),
    });
    // What the venue sends as bytes is no text of any stream; it comes as something that can be counted at once.
    socket.binaryType = 'arraybuffer';
    sockets.set(id, socket);
    socket.onopen = () => tell({ kind: 'opened', id });
    socket.onmessage = ({ data }: { readonly data: unknown }) => tell({ kind: 'text', id, text: textOf(data) });
    const closed = (why: string): void => {
      if (sockets.get(id) !== socket) return;
      close(id);
      tell({ kind: 'closed', id, why });
    };
    // Before an error the library tells a close of its own making, without a reason.
    socket.onclose = (event) => {
      if (!isLocal(event)) closed(closeText(event.code, event.reason));
    };
    socket.onerror = () => closed('the connection failed');
  };

  const request = async (id: number, url: string, body: string): Promise<void> => {
    const stop = new AbortController();
    requests.set(id, stop);
    try {
      const text = await askText(ask, url, body, stop.signal);
      if (requests.get(id) === stop) tell({ kind: 'answered', id, text });
    } catch (error) {
      if (requests.get(id) === stop) tell({ kind: 'unanswered', id, why: whyOf(error) });
    } finally {
      if (requests.get(id) === stop) requests.delete(id);
    }
  };

  const perform = (deed: Deed): void => {
    if (deed.kind === 'open') open(deed.id, deed.url);
    else if (deed.kind === 'close') close(deed.id);
    else if (deed.kind === 'send') sockets.get(deed.id)?.send(deed.text);
    else void request(deed.id, deed.url, deed.body);
  };

  return {
    perform,
    happen: (next) => {
      listener = next;
    },
    end: () => {
      listener = () => undefined;
      for (const id of [...sockets.keys(), ...requests.keys()]) close(id);
    },
    openCount: () => sockets.size + requests.size,
  };
}

/** The library's own class, whose type says the same as the platform's. */
const isLocal = (event: unknown): boolean => event instanceof LocalCloseEvent;

function silence(socket: ReconnectingWebSocket): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  socket.onerror = null;
}

/** Bytes are shown as what no reader takes: counted as a frame that cannot be read. */
const textOf = (data: unknown): string =>
  typeof data === 'string' ? data : `[${data instanceof ArrayBuffer ? `${data.byteLength} bytes` : 'bytes'}, no text]`;

/** RFC 6455 §7.4.1, in plain words; with the venue's own reason where it gives one. */
const CODES: Readonly<Record<number, string>> = {
  1000: 'the venue closed the connection',
  1001: 'the venue goes away',
  1006: 'the connection broke',
  1008: 'the venue refuses the connection',
  1011: 'the venue has an error of its own',
  1012: 'the venue restarts',
  1013: 'the venue is overloaded',
};

const closeText = (code: number, reason: string): string =>
  `${CODES[code] ?? 'closed'} (code ${code}${reason ? `: ${reason.slice(0, 120)}` : ''})`;

const whyOf = (error: unknown): string =>
  error instanceof DOMException && error.name === 'TimeoutError'
    ? `no answer within ${SNAPSHOT_BOUNDS.timeoutMs / 1_000} s`
    : error instanceof TypeError
      ? 'the request failed'
      : error instanceof Error
        ? error.message
        : 'the request failed';

/** Nothing goes with it but the request itself: no cookie, no referrer, no cache; a redirect elsewhere is not followed. */
async function askText(ask: typeof fetch, url: string, body: string, stop: AbortSignal): Promise<string> {
  const response = await ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.any([stop, AbortSignal.timeout(SNAPSHOT_BOUNDS.timeoutMs)]),
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    redirect: 'error',
  });
  if (response.status === 429) throw new Error('the venue limits requests (status 429)');
  if (!response.ok) throw new Error(`status ${response.status}`);
  return boundedText(response, SNAPSHOT_BOUNDS.bytesMax, () => new Error(`the answer is larger than ${SNAPSHOT_BOUNDS.bytesMax} bytes`));
}
