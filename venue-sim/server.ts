/**
 * A server that stands in for venues, over real sockets, each below `/venue-sim/ID` with the venue's own paths after it. Prices are invented; what may go wrong is
 * named in `faults.ts` and can be changed while it runs.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { STAND_IN_PATH } from '../src/feeds/live/stand-in.ts';
import type { AccountFaultName } from './account-faults.ts';
import { sendAccount } from './account-wire.ts';
import { answerAccount, NOTHING } from './accounts.ts';
import type { FaultName } from './faults.ts';
import { createMarket, type Market, type Quote } from './market.ts';
import { type Conversation, VENUES, type Venue, write } from './venues.ts';

export interface VenueSimOptions {
  /** Of this address only; 0 is any port that is free. */
  readonly port?: number;
  readonly seed?: number;
  /** So many times as fast as real: for tests, whose clock runs as fast. */
  readonly pace?: number;
  /** So many times the normal rate of frames. */
  readonly rate?: number;
  readonly now?: () => number;
  readonly fault?: FaultName;
  readonly accountFault?: AccountFaultName;
}

export interface VenueSim {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly market: Market;
  /** Undefined: all is well. Holds for what happens from now on. */
  fault: FaultName | undefined;
  /** The same for questions about accounts. */
  accountFault: AccountFaultName | undefined;
  /** Questions about accounts, address and body, since the start. */
  readonly asked: readonly string[];
  /** Markets that are told no more, by base asset. */
  readonly muted: Set<string>;
  /** Connections that were taken, and texts that were heard, since the start. */
  readonly connections: () => number;
  readonly heard: readonly string[];
  /** Frames of prices sent since the start. */
  readonly sent: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
  /** Breaks every connection off. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

const DELAY_MS = 8_000;
const BURST_MS = 4;
/** Frames of prices after which a connection that is to end ends. */
const ENDS_AFTER = 5;
const HUGE = 5_000_000;
const WRONG_PRICES = ['0', '-1', '1e400', '99999999999999999999999999999999999999999999', '0.00000000000000000000000000000000000000001'];
const SKEWS: Readonly<Partial<Record<FaultName, number>>> = { 'clock-behind': -3_600_000, 'clock-ahead': 3_600_000 };

export async function startVenueSim(options: VenueSimOptions = {}): Promise<VenueSim> {
  const core = new VenueSimCore(options);
  await core.listen();
  return core;
}

class VenueSimCore implements VenueSim {
  readonly market: Market;
  readonly muted = new Set<string>();
  readonly heard: string[] = [];
  readonly asked: string[] = [];
  fault: FaultName | undefined;
  accountFault: AccountFaultName | undefined;
  private accountCount = 0;
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly venues = new Map(Object.entries(VENUES).map(([id, make]) => [id, make()]));
  private readonly options: VenueSimOptions;
  private readonly pace: number;
  private readonly now: () => number;
  private readonly walk: ReturnType<typeof setInterval>;
  private taken = 0;
  private told = 0;

  constructor(options: VenueSimOptions) {
    const { seed = 1, pace = 1, now = Date.now, fault, accountFault } = options;
    this.accountFault = accountFault;
    this.options = options;
    this.pace = pace;
    this.now = now;
    this.fault = fault;
    this.market = createMarket(seed);
    this.walk = setInterval(() => this.market.step(), 200 / pace);
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.upgrade(request, socket, head));
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port ?? 0, '127.0.0.1', resolve);
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  connections(): number {
    return this.taken;
  }

  sent(): number {
    return this.told;
  }

  open(): number {
    return this.sockets.clients.size;
  }

  cut(): void {
    for (const socket of this.sockets.clients) socket.terminate();
  }

  close(): Promise<void> {
    clearInterval(this.walk);
    this.cut();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** Everything listed, as the fault makes it. */
  private quotes(): Map<string, Quote> {
    const quotes = new Map<string, Quote>();
    for (const [i, base] of this.market.bases.entries()) {
      if (this.muted.has(base)) continue;
      const wrong = WRONG_PRICES[i % WRONG_PRICES.length] as string;
      quotes.set(base, this.fault === 'out-of-range' ? { base, mark: wrong, index: wrong, last: wrong } : this.market.quote(base));
    }
    return quotes;
  }

  /** The venue that a path is of, with the venue's own path and query. */
  private find(request: IncomingMessage): { readonly venue: Venue; readonly url: URL } | undefined {
    const [, id = '', path = '/'] = new RegExp(`^${STAND_IN_PATH}([a-z0-9-]+)(/.*)?$`).exec(request.url ?? '') ?? [];
    const venue = this.venues.get(id);
    return venue && { venue, url: new URL(path, 'http://venue') };
  }

  private status(): number {
    return this.fault === 'rate-limited' ? 429 : this.fault === 'maintenance' ? 503 : 200;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = this.find(request);
    let body = '';
    for await (const piece of request) body += String(piece);
    const account = this.accountAnswer(request.url ?? '', parsed(body));
    if (account !== undefined) {
      this.asked.push(`${request.url} ${body}`);
      if (this.asked.length > 1_000) this.asked.shift();
      return sendAccount(response, account === NOTHING ? null : account, this.accountFault, this.pace);
    }
    const { request: asked } = found?.venue ?? {};
    const quotes = [...this.quotes().values()];
    const said = asked && found?.url.pathname === asked.path ? asked.answer(parsed(body), quotes) : undefined;
    const status = said === undefined ? 404 : this.status();
    response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
    response.end(status === 200 ? write(said as object) : '{}');
  }

  /** What is asked of an account; undefined for anything else. */
  private accountAnswer(url: string, body: unknown): unknown {
    const [, id, path = '/'] = new RegExp(`^${STAND_IN_PATH}([a-z0-9:-]+)(/[^?]*)?`).exec(decodeURIComponent(url)) ?? [];
    if (id === undefined) return undefined;
    const at = { nowMs: this.now(), fault: this.accountFault, count: this.accountCount++ };
    return answerAccount({ id, path, body }, this.quotes(), at);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const found = this.find(request);
    const status = found && found.url.pathname === found.venue.path ? this.status() : 404;
    if (!found || status !== 200) {
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (client) => this.converse(client, socket, found.venue, found.url));
  }

  private converse(client: WebSocket, socket: Duplex, venue: Venue, url: URL): void {
    this.taken++;
    const openedMs = this.now();
    const wire = new Wire(client, () => this.fault);
    const talk: Conversation = {
      subscribed: new Map(),
      begun: new Set(),
      count: 0,
      say: (frame) => wire.say(write(frame)),
      isRefusing: () => this.fault === 'refused',
    };
    let heardMs = openedMs;
    let askedMs = openedMs;
    let isAnswered = true;
    let told = 0;
    const beat = (): void => {
      const nowMs = this.now();
      if (this.fault === 'half-open') socket.pause();
      else if (socket.isPaused()) socket.resume();
      if (this.fault === 'half-open') return;
      if (venue.cutsIdleAfterMs !== undefined && nowMs - heardMs > venue.cutsIdleAfterMs) client.close(1000, 'idle');
      if (venue.asks && nowMs - askedMs >= venue.asks.everyMs) {
        // Who left the last question without an answer is cut.
        if (!isAnswered) client.close(1000, 'heartbeat');
        askedMs = nowMs;
        isAnswered = false;
        talk.say(venue.asks.frame);
      }
      if (this.fault === 'delayed-first-frame' && nowMs - openedMs < DELAY_MS) return;
      for (let i = burst - 1; i >= 0; i--) {
        if (i < burst - 1) this.market.step();
        const frames = venue.tell(talk, this.quotes(), Math.round(nowMs - i * everyMs * this.pace) + (SKEWS[this.fault ?? 'silent'] ?? 0));
        this.told += frames.length;
        wire.tell(frames.map(write));
        if (talk.subscribed.size > 0 && ++told >= ENDS_AFTER) this.end(client);
      }
    };
    const everyMs = venue.everyMs / this.pace / (this.options.rate ?? 1);
    // A timer is too coarse for thousands of frames a second: instants that are nearer to each other than this are told together.
    const burst = Math.max(1, Math.round(BURST_MS / everyMs));
    const timer = setInterval(beat, everyMs * burst);
    client.on('close', () => clearInterval(timer));
    client.on('error', () => client.terminate());
    client.on('message', (data) => {
      const text = String(data);
      this.heard.push(text);
      if (this.heard.length > 1_000) this.heard.shift();
      heardMs = this.now();
      isAnswered = true;
      if (this.fault !== 'silent' && this.fault !== 'half-open') venue.hear(talk, parsed(text), text);
    });
    if (this.fault !== 'silent') venue.open?.(talk, url);
  }

  private end(client: WebSocket): void {
    if (this.fault === 'close-1006') client.terminate();
    if (this.fault === 'close-1000' || this.fault === 'close-1012') client.close(Number(this.fault.slice(-4)), 'as asked');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What leaves the venue, spoilt as the fault says. */
class Wire {
  private readonly client: WebSocket;
  private readonly fault: () => FaultName | undefined;
  private count = 0;
  private held: readonly string[] = [];

  constructor(client: WebSocket, fault: () => FaultName | undefined) {
    this.client = client;
    this.fault = fault;
  }

  /** Anything but prices. */
  say(text: string): void {
    if (this.fault() !== 'silent' && this.fault() !== 'half-open' && this.client.readyState === this.client.OPEN) this.client.send(text);
  }

  /** Prices of one instant. */
  tell(texts: readonly string[]): void {
    const { held } = this;
    this.held = [];
    if (this.fault() !== 'reordered') for (const text of [...held, ...texts]) this.spoil(text);
    else if (held.length === 0) this.held = texts;
    else for (const text of [...texts, ...held]) this.say(text);
  }

  private spoil(text: string): void {
    const fault = this.fault();
    const isThird = this.count++ % 3 === 2;
    if (fault === 'flood') for (let i = 0; i < 50; i++) this.say('{"nonsense": [1, 2');
    else if (fault === 'malformed' && isThird) this.say(`{${text}`);
    else if (fault === 'truncated' && isThird) this.say(text.slice(0, text.length >> 1));
    else if (fault === 'binary' && isThird) this.client.send(Buffer.from(text));
    else {
      if (fault === 'huge' && isThird) this.say(`[${'0,'.repeat(HUGE / 2)}0]`);
      this.say(text);
      if (fault === 'duplicated') this.say(text);
    }
  }
}
