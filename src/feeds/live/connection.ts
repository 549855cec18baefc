/**
 * One connection to one venue: connecting → open → live, and again when it is lost (rules PS-1…PS-9 of docs/spec/live.md). A state machine driven from outside: what
 * happened goes in with its time, what is to be done comes out. It holds no socket, timer, clock or chance of its own.
 */

import { readJson } from '../../wire/json.ts';
import type { RawFrame } from '../sequence.ts';
import { backoffMs } from './backoff.ts';
import { faultsOf } from './faults.ts';
import { FRAME_MAX, type PriceStream, type Reading, type StreamMarket, type StreamReader } from './stream.ts';

/** What happened. `id` names the socket or request it happened to: news of one that was given up is passed over. */
export type Happening =
  | { readonly kind: 'opened'; readonly id: number }
  | { readonly kind: 'text'; readonly id: number; readonly text: string }
  | { readonly kind: 'closed'; readonly id: number; readonly why: string }
  | { readonly kind: 'answered'; readonly id: number; readonly text: string }
  | { readonly kind: 'unanswered'; readonly id: number; readonly why: string }
  /** The page came back, the network is there again: a wait ends, an open connection is looked at. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'time' };

/** What is to be done. */
export type Deed =
  | { readonly kind: 'open'; readonly id: number; readonly url: string }
  | { readonly kind: 'send'; readonly id: number; readonly text: string }
  | { readonly kind: 'close'; readonly id: number }
  | { readonly kind: 'ask'; readonly id: number; readonly url: string; readonly body: string };

export type Phase = 'idle' | 'connecting' | 'open' | 'live' | 'waiting';

/** For people: where the connection stands and what it has seen. */
export interface ConnectionView {
  readonly phase: Phase;
  readonly sinceMs: number;
  /** Failures since a connection last held. */
  readonly attempt: number;
  /** When it is tried again; NaN unless it waits. */
  readonly retryAtMs: number;
  readonly why: string | undefined;
  readonly connections: number;
  readonly frames: number;
  /** Frames that could not be read. */
  readonly bad: number;
  /** The last few of them, cut short, with what was wrong. */
  readonly samples: readonly { readonly atMs: number; readonly text: string; readonly why: string }[];
}

export const CONNECT_MS = 10_000;
/** Open but silent counts as a failure (PS-3). */
export const FIRST_FRAME_MS = 5_000;
/** A connection that lives on pongs and tells no price is given up after its silence and so many cadences (PS-3). */
const PRICELESS_CADENCES = 10;
/** Frames kept while the snapshot is on its way. */
const HELD_MAX = 1_000;
const SAMPLES_MAX = 5;
const SAMPLE_LENGTH = 200;
/** A connection that was live for so long has held: the next wait is short again. */
const HOLDS_MS = 10_000;
/** So many bad frames in a row, with no good one between: the venue speaks another language now. */
const BAD_RUN_MAX = 100;

export interface ConnectionOptions {
  readonly stream: PriceStream;
  readonly markets: readonly StreamMarket[];
  readonly random: () => number;
  /** Prices in the order in which they are to be applied. `isFirst` for the first of a connection. Answers whether there was a price that is one. */
  readonly onFrame: (frame: RawFrame, isFirst: boolean) => boolean;
}

export class Connection {
  private readonly options: ConnectionOptions;
  private markets: readonly StreamMarket[];
  private phase: Phase = 'idle';
  private sinceMs = Number.NaN;
  private nowMs = Number.NEGATIVE_INFINITY;
  private id = 0;
  private attempt = 0;
  private why: string | undefined;
  /** What the venue refused on this connection; the rest of it may go on (PS-8). */
  private refusal: string | undefined;
  private connections = 0;
  private frames = 0;
  private bad = 0;
  private badRun = 0;
  private samples: ConnectionView['samples'][number][] = [];
  private retryAtMs = Number.NaN;
  private lastFrameMs = Number.NaN;
  private lastPriceMs = Number.NaN;
  private lastSentMs = Number.NaN;
  private openedMs = Number.NaN;
  private reader: StreamReader | undefined;
  /** Frames that wait for the snapshot; undefined once it has come, or where there is none. */
  private held: { readonly text: string; readonly atMs: number }[] | undefined;
  private hasSpoken = false;
  private deeds: Deed[] = [];
  /** What the venue's bound on messages holds back, and when the last ones were sent. */
  private outbox: string[] = [];
  private sentMs: number[] = [];

  constructor(options: ConnectionOptions) {
    this.options = options;
    this.markets = options.markets;
  }

  /** Takes in what happened at `nowMs` and says what is to be done. A time that steps back counts as the last one. */
  take(happening: Happening, nowMs: number): readonly Deed[] {
    this.nowMs = Math.max(nowMs, this.nowMs);
    this.deeds = [];
    if (happening.kind === 'wake') this.wake();
    else if (happening.kind === 'time') this.passTime();
    else if (happening.id === this.id && this.phase !== 'idle' && this.phase !== 'waiting') this.hear(happening);
    return this.deeds;
  }

  /** Other markets from now on: an open connection is replaced, one that waits goes on waiting (PS-11). */
  follow(markets: readonly StreamMarket[], nowMs: number): readonly Deed[] {
    this.nowMs = Math.max(nowMs, this.nowMs);
    this.deeds = [];
    this.markets = markets;
    if (this.isOpenOrOpening()) this.rotate('replaced: other markets are wanted');
    return this.deeds;
  }

  /** Ends it for good; `take('time')` begins anew. */
  stop(): readonly Deed[] {
    const deeds: Deed[] = this.isOpenOrOpening() ? [{ kind: 'close', id: this.id }] : [];
    this.enter('idle');
    this.id++;
    return deeds;
  }

  /** Our clock was set to `nowMs`: begins anew by it, with the next `take('time')`. */
  restart(nowMs: number, why: string): readonly Deed[] {
    const deeds = this.stop();
    this.nowMs = nowMs;
    this.why = why;
    this.attempt = 0;
    return deeds;
  }

  view(): ConnectionView {
    const { phase, sinceMs, attempt, refusal, connections, frames, bad } = this;
    const retryAtMs = phase === 'waiting' ? this.retryAtMs : Number.NaN;
    return { phase, sinceMs, attempt, retryAtMs, why: this.why ?? refusal, connections, frames, bad, samples: [...this.samples] };
  }

  private isOpenOrOpening(): boolean {
    return this.phase === 'connecting' || this.phase === 'open' || this.phase === 'live';
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    this.sinceMs = this.nowMs;
  }

  private connect(): void {
    const { stream } = this.options;
    const { markets } = this;
    this.id++;
    this.connections++;
    this.enter('connecting');
    this.reader = stream.createReader(markets);
    this.held = stream.snapshot ? [] : undefined;
    this.hasSpoken = false;
    this.refusal = undefined;
    this.outbox = [];
    this.sentMs = [];
    this.badRun = 0;
    this.lastFrameMs = Number.NaN;
    this.deeds.push({ kind: 'open', id: this.id, url: stream.address(markets) });
  }

  /** Gives the connection up and waits, the longer the more often it failed (PS-4). */
  private fail(why: string): void {
    if (this.isOpenOrOpening()) this.deeds.push({ kind: 'close', id: this.id });
    this.why = why;
    if (this.phase === 'live' && this.nowMs - this.sinceMs >= HOLDS_MS) this.attempt = 0;
    this.retryAtMs = this.nowMs + backoffMs(this.attempt, this.options.random());
    this.attempt++;
    this.enter('waiting');
  }

  private wake(): void {
    if (this.phase === 'waiting') this.connect();
    else this.passTime();
  }

  private passTime(): void {
    const { ping } = this.options.stream;
    const overdue = this.overdue();
    if (this.phase === 'idle' || (this.phase === 'waiting' && this.nowMs >= this.retryAtMs)) this.connect();
    else if (overdue !== undefined) this.fail(overdue);
    else if (this.phase === 'live' && this.isToBeReplaced()) this.rotate();
    else if (this.isOpen() && this.outbox.length > 0) this.send();
    else if (this.isOpen() && ping && this.nowMs - this.lastSentMs >= ping.everyMs) this.send(ping.text);
  }

  private isOpen(): boolean {
    return this.phase === 'open' || this.phase === 'live';
  }

  /** Which deadline has passed, in one sentence. */
  private overdue(): string | undefined {
    const age = this.nowMs - this.sinceMs;
    const { silenceMs, tells = 'price' } = this.options.stream;
    if (this.phase === 'connecting' && age >= CONNECT_MS) return `no connection within ${CONNECT_MS / 1000} s`;
    if (this.phase === 'open' && age >= FIRST_FRAME_MS) return this.refusal ?? `open, but no ${tells} within ${FIRST_FRAME_MS / 1000} s`;
    if (this.isOpen() && this.nowMs - this.lastFrameMs >= silenceMs) return `silent for ${silenceMs / 1000} s`;
    const pricelessMs = this.options.stream.cadenceMs * PRICELESS_CADENCES + silenceMs;
    if (this.phase !== 'live' || this.nowMs - this.lastPriceMs < pricelessMs) return undefined;
    return this.refusal ?? `no ${tells} for ${pricelessMs / 1000} s`;
  }

  private isToBeReplaced(): boolean {
    const { rotateAfterMs } = this.options.stream;
    return rotateAfterMs !== undefined && this.nowMs - this.openedMs >= rotateAfterMs;
  }

  /** A connection replaced on purpose is no failure: the next one opens at once. */
  private rotate(why = 'replaced before the venue cuts it'): void {
    this.deeds.push({ kind: 'close', id: this.id });
    this.why = why;
    this.connect();
  }

  /** Within the venue's bound on messages; the rest waits (PS-11). */
  private send(...texts: readonly string[]): void {
    this.outbox.push(...texts);
    const { most, everyMs } = this.options.stream.messages ?? { most: Number.POSITIVE_INFINITY, everyMs: 0 };
    this.sentMs = this.sentMs.filter((atMs) => this.nowMs - atMs < everyMs);
    for (const text of this.outbox.splice(0, most - this.sentMs.length)) {
      this.lastSentMs = this.nowMs;
      if (everyMs > 0) this.sentMs.push(this.nowMs);
      this.deeds.push({ kind: 'send', id: this.id, text });
    }
  }

  private hear(happening: Exclude<Happening, { kind: 'wake' | 'time' }>): void {
    switch (happening.kind) {
      case 'opened':
        if (this.phase === 'connecting') this.greet();
        break;
      case 'closed':
        this.fail(happening.why);
        break;
      case 'unanswered':
        if (this.held) this.fail(`no snapshot: ${happening.why}`);
        break;
      case 'answered':
        this.begin(happening.text);
        break;
      case 'text':
        this.receive(happening.text);
        break;
    }
  }

  /** The socket is open: subscriptions, and the snapshot is asked for. */
  private greet(): void {
    const { stream } = this.options;
    const { markets } = this;
    this.enter('open');
    this.openedMs = this.nowMs;
    this.lastFrameMs = this.nowMs;
    this.lastSentMs = this.nowMs;
    this.send(...stream.subscribe(markets));
    if (stream.snapshot) this.deeds.push({ kind: 'ask', id: this.id, ...stream.snapshot });
  }

  private receive(text: string): void {
    this.lastFrameMs = this.nowMs;
    this.frames++;
    if (!this.held) this.read(text, this.nowMs);
    else if (this.held.length >= HELD_MAX) this.fail('no snapshot in time');
    else this.held.push({ text, atMs: this.nowMs });
  }

  /** The snapshot, then what came while it was on its way (PS-5). */
  private begin(text: string): void {
    const { held, reader } = this;
    if (!held || !reader?.snapshot) return;
    try {
      const ticks = reader.snapshot(readJson(bounded(text)), this.nowMs);
      this.held = undefined;
      this.tell({ arrivalTimeMs: this.nowMs, ticks });
    } catch (error) {
      this.note(text, faultsOf(error));
      this.fail('the snapshot cannot be read');
      return;
    }
    for (const frame of held) if (this.isOpenOrOpening()) this.read(frame.text, frame.atMs);
  }

  private read(text: string, atMs: number): void {
    let reading: Reading;
    try {
      reading = this.reader?.frame(frameOf(bounded(text)), atMs) ?? { kind: 'alive' };
    } catch (error) {
      this.note(text, faultsOf(error));
      return;
    }
    this.badRun = 0;
    if (reading.kind === 'refused') this.refusal = `the venue refuses: ${reading.why}`;
    else if (reading.kind === 'prices') this.tell({ ...reading, arrivalTimeMs: atMs });
    // Greetings are no prices: before the first of those they prove nothing (PS-3).
    else if (this.hasSpoken) this.options.onFrame({ arrivalTimeMs: atMs, ticks: [] }, false);
    if (reading.kind === 'answer') this.send(...reading.texts);
  }

  private tell(frame: RawFrame): void {
    if (!this.options.onFrame(frame, !this.hasSpoken)) return;
    this.hasSpoken = true;
    this.why = undefined;
    this.lastPriceMs = this.nowMs;
    if (this.phase === 'open') this.enter('live');
  }

  /** A frame that cannot be read is counted and sampled, and harms nothing else; a flood of them is a failure of this connection (PS-7). */
  private note(text: string, why: string): void {
    this.bad++;
    this.badRun++;
    this.samples = [...this.samples.slice(1 - SAMPLES_MAX), { atMs: this.nowMs, text: beginningOf(text), why: beginningOf(why) }];
    if (this.badRun >= BAD_RUN_MAX && this.isOpenOrOpening()) this.fail(`${BAD_RUN_MAX} frames in a row cannot be read: ${why}`);
  }
}

/** Plain words (`pong`, a greeting) stay what they are; everything else is JSON. */
const frameOf = (text: string): unknown => (/^[\s]*[[{]/.test(text) ? readJson(text) : text);

/** A text of its own: a slice would hold the whole frame in memory for as long as it is shown. */
const beginningOf = (text: string): string => [...text.slice(0, SAMPLE_LENGTH)].join('');

function bounded(text: string): string {
  if (text.length > FRAME_MAX) throw new RangeError(`a frame of ${text.length} characters, ${FRAME_MAX} at most`);
  return text;
}
