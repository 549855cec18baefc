/**
 * The command line `watch`: accounts watched for alarms without a page, one line an event out (rules WA of docs/spec/watch.md).
 * The only file of it that touches the process: arguments, files, streams, clock, network, exit status.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Book } from './domain/book.ts';
import type { Tick } from './domain/tick.ts';
import { STREAM_NAMES } from './domain/venue-hosts.ts';
import type { Feed, FeedOutput } from './feeds/feed.ts';
import { readAlarmRules, writeAlarmRules } from './formats/alarm-rules.ts';
import { isUtcInstant } from './formats/book-schema.ts';
import { readBook, writeBook } from './formats/leverage-book.ts';
import { DEFAULT_RULES } from './policy/alarms/rules.ts';
import { eventFields, floodFields } from './session/alarms/event-line.ts';
import { createWatcher, type Watched, type Watcher, type WatcherSnapshot } from './session/alarms/watcher.ts';
import { isOneDollar } from './session/live/gaps.ts';
import { bookPrices, heldMarkets } from './session/prices.ts';
import { endWithReader, faultsOf, pathOf, readJsonText, refuse, report } from './terminal/command.ts';
import { type LineJournal, openLineJournal } from './terminal/line-journal.ts';
import { createWebhook, type Webhook } from './terminal/webhook.ts';
import { feedOf, updateOf } from './transport/worker/feed-runner.ts';
import { watchFeed } from './transport/worker/feed-watch.ts';

const HELP = `Usage: npm run --silent watch -- --book FILE --feed FEED [OPTION…]

Watches every account of the book while the feed's prices move, and prints one JSON object an event and line.

  --book FILE      the accounts (leverage-book/1; - is standard input)
  --feed FEED      simulated:SEED, replay:NAME such as replay:2025-10-10, or live:VENUE such as live:hyperliquid
  --rules FILE     what raises an alarm (alarm-rules/1); without it the default rules
  --speed N|max    multiple of real time (1), or as fast as it goes; not for a live venue
  --until ISO      the instant of the feed's clock at which to end: a time with its zone, or a day (its midnight in UTC)
  --journal FILE   keep what was told, and go on from it when started again
  --no-closures    leave a liquidated account as it is (else it goes on as the venue's procedure, simulated, leaves it)
  --stand-in URL   for trying a live feed: a server on this machine (npm run venue-sim) in place of the venue
  --webhook URL    post every notice there as well, with its id as idempotency-key
  --help           this text

Exit status: 0; 2 when an input or an option cannot be read, with one line {"error":{"pointer","message"}} a fault on
standard error. Nothing is ever sent to a venue. Figures are estimates from the venue's published rules, not advice.
`;

const SCRIPT = 'watch';
const STEP_MS = 1_000;
/** Between two checkpoints of the journal at most, and between two looks at other work. */
const CHECKPOINT_MS = 2_000;
const BREATH_MS = 20;
/** What is left for a receiver at the end. */
const PATIENCE_MS = 30_000;

interface Options {
  readonly book: string;
  readonly feed:
    | { readonly kind: 'simulated'; readonly seed: number }
    | { readonly kind: 'replay'; readonly name: string }
    | { readonly kind: 'live'; readonly venue: string };
  readonly standIn?: URL;
  readonly rules?: string;
  readonly speed: number;
  readonly untilMs: number;
  readonly journal?: string;
  readonly webhook?: URL;
  readonly closures: boolean;
}

/** The options, or undefined when only help is wanted. Throws `InputError`. */
function readOptions(args: readonly string[]): Options | undefined {
  const values = parseStrictly(args);
  if (values.help) return undefined;
  const { book, feed: named, rules, speed = '1', until, journal, webhook, 'stand-in': standIn } = values;
  if (book === undefined) return refuse('no accounts: name a --book (--help says more)');
  if (named === undefined) return refuse('no prices: name a --feed (--help says more)');
  if (speed !== 'max' && !(Number(speed) > 0 && Number.isFinite(Number(speed))))
    refuse(`--speed is a number above 0, or max, not ${JSON.stringify(speed)}`);
  const feed = readFeed(named);
  if (feed.kind === 'live' && speed !== '1') refuse('--speed is for simulated and replayed prices: a live venue has its own');
  if (feed.kind !== 'live' && standIn !== undefined) refuse('--stand-in is for a live venue');
  return {
    book,
    feed,
    ...(standIn === undefined ? {} : { standIn: readStandIn(standIn) }),
    speed: speed === 'max' ? Number.POSITIVE_INFINITY : Number(speed),
    // A venue closes its accounts itself: nothing is simulated beside it.
    closures: feed.kind !== 'live' && values['no-closures'] !== true,
    untilMs: until === undefined ? Number.POSITIVE_INFINITY : readUntil(until),
    ...(rules === undefined ? {} : { rules }),
    ...(journal === undefined ? {} : { journal }),
    ...(webhook === undefined ? {} : { webhook: readAddress(webhook) }),
  };
}

function parseStrictly(args: readonly string[]) {
  const string = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        book: string,
        feed: string,
        rules: string,
        speed: string,
        until: string,
        journal: string,
        webhook: string,
        'stand-in': string,
        'no-closures': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'unreadable options');
  }
}

function readFeed(text: string): Options['feed'] {
  const [, kind, name = ''] = /^(simulated|replay|live):(.*)$/.exec(text) ?? [];
  if (kind === 'simulated' && /^\d{1,16}$/.test(name) && Number.isSafeInteger(Number(name))) return { kind, seed: Number(name) };
  if (kind === 'replay' && /^[\w-]{1,64}$/.test(name)) return { kind, name };
  if (kind === 'live' && Object.hasOwn(STREAM_NAMES, name)) return { kind, venue: name };
  if (kind === 'live') return refuse(`there is no live venue ${JSON.stringify(name)}: ${Object.keys(STREAM_NAMES).join(', ')} are there`);
  return refuse(`--feed is simulated:SEED (a whole number), replay:NAME or live:VENUE, not ${JSON.stringify(text)}`);
}

const UNTIL = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** ISO-8601 with its zone, to the minute or finer, or a day, which is its midnight in UTC. */
function readUntil(text: string): number {
  const day = UNTIL.exec(text)?.[1];
  const timeMs = day !== undefined && isUtcInstant(`${day}T00:00:00Z`) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  return refuse(`--until is a time such as "2025-10-10T21:30:00Z", not ${JSON.stringify(text)}`);
}

/** WA-17: of this machine only, so that nobody is made to watch another's prices by a line that was copied. */
function readStandIn(text: string): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(address.hostname)) return address;
  return refuse(`--stand-in is an http address of this machine such as http://127.0.0.1:8790, not ${JSON.stringify(text)}`);
}

function readAddress(text: string): URL {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  if (address?.protocol === 'https:' || address?.protocol === 'http:') return address;
  return refuse(`--webhook is an address with http or https, not ${JSON.stringify(text)}`);
}

/** A replay's figures, as the page serves them. */
async function replayText(name: string): Promise<string> {
  try {
    return readFileSync(fileURLToPath(new URL(`../public/replay/${name}.json`, import.meta.url)), 'utf8');
  } catch {
    return refuse(`there is no replay ${JSON.stringify(name)}`, '/feed');
  }
}

/** What a run holds on to: everything that must be the same for a journal to be gone on with. */
interface Head {
  readonly format: 'watch-journal/1';
  readonly book: string;
  readonly rules: string;
  readonly feed: string;
  readonly closures: string;
}

interface Checkpoint {
  readonly clockMs: number;
  readonly watcher: WatcherSnapshot;
}

/** What a journal says was done. */
interface Kept {
  /** Events that were printed, and floods that were posted or are about to be. */
  readonly told: ReadonlySet<string>;
  /** Notices that were due and are not known to be taken, with their text. */
  readonly unposted: ReadonlyMap<string, string>;
  /** Of those, the ones that made way for others. */
  readonly deferred: ReadonlySet<string>;
  readonly checkpoint?: Checkpoint;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function readKept(journal: LineJournal | undefined, head: Head): Kept {
  const told = new Set<string>();
  const unposted = new Map<string, string>();
  const deferred = new Set<string>();
  let checkpoint: Checkpoint | undefined;
  if (!journal) return { told, unposted, deferred };
  if (journal.damaged.length > 0)
    process.stderr.write(
      `note: ${journal.damaged.length} line(s) of the journal were torn and are left out: ${journal.damaged.slice(0, 5).join(', ')}\n`,
    );
  const [first, ...rest] = journal.lines.filter(isObject);
  if (first === undefined) journal.append(head);
  else
    for (const key of ['format', 'book', 'rules', 'feed', 'closures'] as const)
      if (first[key] !== head[key])
        refuse(`the journal is of another ${key === 'format' ? 'kind' : key}: start a new one, or give what it was begun with`, '/journal');
  for (const line of rest) {
    if (isObject(line.event) && typeof line.event.id === 'string') {
      told.add(line.event.id);
      if (line.due === true) unposted.set(line.event.id, JSON.stringify(line.event));
    } else if (isObject(line.notice) && typeof line.notice.id === 'string') {
      told.add(line.notice.id);
      unposted.set(line.notice.id, JSON.stringify(line.notice));
    } else if (typeof line.posted === 'string') unposted.delete(line.posted);
    else if (typeof line.deferred === 'string') deferred.add(line.deferred);
    else if (isObject(line.checkpoint)) checkpoint = line.checkpoint as unknown as Checkpoint;
  }
  // Events are kept for good; of the checkpoints only the last one is needed.
  journal.rewrite([head, ...rest.filter((line) => !isObject(line.checkpoint)), ...(checkpoint ? [{ checkpoint }] : [])]);
  return { told, unposted, deferred, ...(checkpoint ? { checkpoint } : {}) };
}

const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve())));

/** Notices are posted as they fall due; one that is kept and was not taken is posted again. */
function openWebhook(url: URL | undefined, journal: LineJournal | undefined): Webhook | undefined {
  return (
    url &&
    createWebhook({
      url,
      fetch,
      wait: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
      random: Math.random,
      now: () => performance.now(),
      onDeferred: (id, why) => {
        process.stderr.write(`note: the receiver did not take ${id} (${why}); others go on, it is tried again later\n`);
        journal?.append({ deferred: id, why });
      },
      onTaken: (id) => journal?.append({ posted: id }),
      onRefused: (id, status) => {
        process.stderr.write(`note: the receiver refuses ${id} (status ${status}); it is not sent again\n`);
        journal?.append({ posted: id });
      },
    })
  );
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return void process.stdout.write(HELP);
  const book = readBook(await readJsonText(options.book, SCRIPT));
  const rules = options.rules === undefined ? DEFAULT_RULES : readAlarmRules(await readJsonText(options.rules, SCRIPT));
  const startPrices = Object.fromEntries([...bookPrices(book)].map(([market, price]) => [market, price.toFixed()]));
  const { feed: chosen } = options;
  const play = async (): Promise<Feed> => {
    const spec = chosen.kind === 'simulated' ? ({ ...chosen, regime: 'normal', stepMs: STEP_MS } as const) : chosen;
    const feed = spec.kind === 'live' ? undefined : await feedOf(spec, { startMs: Date.parse(book.asOf), startPrices }, replayText, 0);
    if (!feed) throw new Error('a feed that is named is there');
    return feed;
  };
  const feed = chosen.kind === 'live' ? undefined : await play();
  const head: Head = {
    format: 'watch-journal/1',
    book: digest(writeBook(book)),
    rules: digest(writeAlarmRules(rules)),
    feed: JSON.stringify(options.feed),
    closures: options.closures ? 'simulated' : 'none',
  };
  const journal = options.journal === undefined ? undefined : openLineJournal(pathOf(options.journal, SCRIPT));
  try {
    const kept = readKept(journal, head);
    const webhook = openWebhook(options.webhook, journal);
    for (const [id, body] of kept.unposted) webhook?.send({ id, body }, kept.deferred.has(id));
    const watcher = createWatcher(book, rules, kept.checkpoint?.watcher, options.closures);
    const tell = (watched: Watched): Promise<void> => told(watched, { rules, kept, journal, webhook });
    if (feed) await run(feed, watcher, options, kept.checkpoint?.clockMs, tell, journal);
    else await runLive(book, watcher, options, tell, journal);
    const left = await webhook?.end(PATIENCE_MS);
    if (left)
      process.stderr.write(`note: ${left} notice(s) were not taken${journal ? '; they are sent when the journal is gone on with' : ''}\n`);
  } finally {
    journal?.close();
  }
}

interface Telling {
  readonly rules: Parameters<typeof eventFields>[2];
  readonly kept: Kept;
  readonly journal: LineJournal | undefined;
  readonly webhook: Webhook | undefined;
}

/** WA-10: printed first and kept then: a kill between the two prints it again under the same id, and never loses it. */
async function told({ event, looked, closure }: Watched, { rules, kept, journal, webhook }: Telling): Promise<void> {
  if (kept.told.has(event.id)) return;
  if (event.kind === 'flood') {
    const notice = floodFields(event);
    journal?.append({ notice });
    webhook?.send({ id: event.id, body: JSON.stringify(notice) });
    return;
  }
  const fields = eventFields(event, looked, rules, closure);
  const isDue = event.notice === 'due';
  await print(JSON.stringify(fields));
  journal?.append({ event: fields, due: isDue });
  if (isDue) webhook?.send({ id: event.id, body: JSON.stringify(fields) });
}

/** WA-9: one look an instant of the feed, whatever the speed, so that the same events come of a slow, a fast and a resumed run. */
async function run(
  feed: Feed,
  watcher: Watcher,
  { speed, untilMs }: Options,
  resumeMs: number | undefined,
  tell: (watched: Watched) => Promise<void>,
  journal: LineJournal | undefined,
): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  if (resumeMs !== undefined) feed.seek(resumeMs);
  let output = feed.advance(0);
  /** What has been looked at: the feed may be an instant further when the run is told to stop. */
  let lookedMs = resumeMs;
  let keptAt = performance.now();
  let breathAt = performance.now();
  const keep = (): void => {
    keptAt = performance.now();
    if (lookedMs !== undefined)
      journal?.appendLatest({ checkpoint: { clockMs: lookedMs, watcher: watcher.snapshot() } satisfies Checkpoint });
  };
  while (!stop.signal.aborted && output.clockMs <= untilMs) {
    if (output.clockMs !== lookedMs) for (const watched of watcher.look(updateOf(feed.description, output, false))) await tell(watched);
    lookedMs = output.clockMs;
    if (performance.now() - keptAt >= CHECKPOINT_MS) keep();
    if (output.status.state === 'ended') break;
    const beforeMs = output.clockMs;
    feed.step(1);
    output = feed.advance(0);
    const pauseMs = (output.clockMs - beforeMs) / speed;
    if (pauseMs > 0) await wait(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
    else if (performance.now() - breathAt >= BREATH_MS) {
      await wait(0);
      breathAt = performance.now();
    }
  }
  keep();
  process.removeListener('SIGINT', end).removeListener('SIGTERM', end);
}

/** A feed that tells nothing is waited for so long before the first look. */
const FIRST_PRICE_MS = 30_000;
const LIVE_LOOK_MS = 1_000;
const LIVE_BEAT_MS = 100;

/** WA-16: a venue's own prices by the world's clock, one look a second while it is watched. */
async function runLive(
  book: Book,
  watcher: Watcher,
  { feed: chosen, standIn, untilMs }: Options,
  tell: (watched: Watched) => Promise<void>,
  journal: LineJournal | undefined,
): Promise<void> {
  if (chosen.kind !== 'live') throw new Error('not a live feed');
  const [{ openLive }, { WebSocket }] = await Promise.all([import('./transport/worker/live.ts'), import('ws')]);
  const spec = { kind: 'live', venue: chosen.venue, ...(standIn ? { isStandIn: true } : {}) } as const;
  const wish = {
    markets: [...new Set(book.accounts.flatMap((account) => heldMarkets(book, account)))],
    pegged: [...new Set(book.accounts.flatMap(({ balances }) => balances.map(({ asset }) => asset)))].filter(isOneDollar),
  };
  const baseUrl = standIn?.href ?? import.meta.url;
  const feed = openLive(spec, wish, { now: Date.now, baseUrl, WebSocket });
  const watch = watchFeed(feed.description);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  const beganMs = Date.now();
  let lookedMs = Number.NEGATIVE_INFINITY;
  let keptMs = beganMs;
  let said = '';
  let isBegun = false;
  let ticks: Tick[] = [];
  const keep = (): void => journal?.append({ checkpoint: { clockMs: Date.now(), watcher: watcher.snapshot() } satisfies Checkpoint });
  try {
    for (let nowMs = beganMs; !stop.signal.aborted && nowMs <= untilMs; nowMs = Date.now()) {
      const output = watch.see(feed.advance(nowMs), nowMs);
      ticks.push(...output.ticks);
      said = noteState(output, said);
      isBegun ||= ticks.length > 0 || nowMs - beganMs >= FIRST_PRICE_MS;
      if (isBegun && nowMs - lookedMs >= LIVE_LOOK_MS) {
        lookedMs = nowMs;
        const update = { ...updateOf(feed.description, { ...output, ticks }, false, feed.view()), ownClockMs: nowMs };
        ticks = [];
        for (const watched of watcher.look(update)) await tell(watched);
      }
      if (isBegun && nowMs - keptMs >= CHECKPOINT_MS) {
        keptMs = nowMs;
        keep();
      }
      await wait(LIVE_BEAT_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    if (isBegun) keep();
  } finally {
    feed.close();
    process.removeListener('SIGINT', end).removeListener('SIGTERM', end);
  }
}

/** Each change of the connection's state, once, for whoever reads along. */
function noteState({ status }: FeedOutput, before: string): string {
  const now = `${status.state}${status.detail === undefined ? '' : `: ${status.detail}`}`;
  if (now !== before) process.stderr.write(`note: the feed is ${now}\n`);
  return now;
}

endWithReader();
await main().catch((error: unknown) => report(faultsOf(error)));
