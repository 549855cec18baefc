/**
 * Questions to one source, never more than its limit allows (rule AA-12 of docs/spec/addresses.md): what finds no room waits, those of the oldest reading first. What is the same for
 * several addresses is asked once. Driven from outside: no timer or clock of its own.
 */
import type { Spent } from './schedule.ts';
import { type Ask, AskError, type AskingPace, type Question } from './source.ts';

/** Answers that serve several addresses, kept at a time. */
const KEPT_MAX = 100;

/** What serves several readings goes before all of them and is dropped with none. */
const SHARED = -1;

interface Kept {
  readonly answer: Promise<unknown>;
  /** When it was asked; infinite while it waits to be. */
  readonly atMs: number;
}

interface Queued {
  readonly reading: number;
  readonly question: Question;
  readonly put: () => void;
  readonly drop: (error: AskError) => void;
}

export class PacedAsking {
  private readonly pace: AskingPace;
  private readonly ask: Ask;
  private clockMs = Number.NEGATIVE_INFINITY;
  private heldUntilMs = Number.NEGATIVE_INFINITY;
  private isClosed = false;
  private queue: Queued[] = [];
  private readonly kept = new Map<string, Kept>();
  private readonly counted: Spent[] = [];

  constructor(pace: AskingPace, ask: Ask) {
    this.pace = pace;
    this.ask = ask;
  }

  /** Weight of the last `withinMs` and when it was spent, oldest first. */
  get spent(): readonly Spent[] {
    return this.counted;
  }

  /** Takes the time, and puts what waited as far as there is room. */
  advance(nowMs: number): void {
    this.clockMs = Math.max(this.clockMs, nowMs);
    for (;;) {
      const [next] = this.queue;
      if (!next || !this.hasRoom(next.question)) return;
      this.queue.shift();
      next.put();
    }
  }

  /** Nothing is put before: the venue said that it is too much. */
  hold(untilMs: number): void {
    this.heldUntilMs = untilMs;
  }

  /** Carries the questions of one reading; lower numbers go first. Rejects with `AskError` what is dropped. */
  of(reading: number): Ask {
    return (question) => this.shared(reading, question);
  }

  /** Whether the limit keeps a question of this reading waiting, or one that serves it with others. */
  isWaiting(reading: number): boolean {
    return this.queue.some((queued) => queued.reading === reading || queued.reading === SHARED);
  }

  /** What still waits of a reading is asked no more. */
  drop(reading: number): void {
    const gone = this.queue.filter((queued) => queued.reading === reading);
    this.queue = this.queue.filter((queued) => queued.reading !== reading);
    for (const { drop } of gone) drop(new AskError('the reading was given up', 0));
  }

  close(): void {
    this.isClosed = true;
    for (const { drop } of this.queue.splice(0)) drop(closed());
  }

  private hasRoom({ weight }: Question): boolean {
    if (this.clockMs < this.heldUntilMs) return false;
    while (this.clockMs - (this.counted[0]?.atMs ?? this.clockMs) >= this.pace.withinMs) this.counted.shift();
    return this.counted.length === 0 || this.counted.reduce((sum, one) => sum + one.weight, weight) <= this.pace.most;
  }

  private put(reading: number, question: Question, onPut?: () => void): Promise<unknown> {
    if (this.isClosed) return Promise.reject(closed());
    const now = (): Promise<unknown> => {
      onPut?.();
      this.counted.push({ atMs: this.clockMs, weight: question.weight });
      return this.ask(question);
    };
    if (this.queue.length === 0 && this.hasRoom(question)) return now();
    return new Promise((resolve, drop) => {
      const queued = { reading, question, put: () => resolve(now()), drop };
      const at = this.queue.findIndex((one) => one.reading > reading);
      this.queue.splice(at < 0 ? this.queue.length : at, 0, queued);
    });
  }

  private shared(reading: number, question: Question): Promise<unknown> {
    const { keepMs, url, body = '' } = question;
    if (keepMs === undefined) return this.put(reading, question);
    const key = `${url} ${body}`;
    const known = this.kept.get(key);
    if (known && this.clockMs - known.atMs < keepMs) return known.answer;
    let atMs = Number.POSITIVE_INFINITY;
    const answer = this.put(SHARED, question, () => {
      atMs = this.clockMs;
    });
    const entry: Kept = {
      answer,
      get atMs() {
        return atMs;
      },
    };
    this.kept.delete(key);
    this.kept.set(key, entry);
    // What did not come is no answer to anybody else.
    answer.catch(() => {
      if (this.kept.get(key) === entry) this.kept.delete(key);
    });
    for (const [oldest] of this.kept) if (this.kept.size > KEPT_MAX) this.kept.delete(oldest);
    return answer;
  }
}

const closed = (): AskError => new AskError('nothing is asked any more', 0);
