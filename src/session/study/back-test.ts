/** A back-test as the page asks for it: rules, stream and subjects by name, figures for the screen (rules SY-1 to SY-8 of docs/spec/study.md). */
import type { Account, Book } from '../../domain/book.ts';
import { bookOf } from '../../domain/book-columns.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal } from '../../domain/units.ts';
import { readAlarmRules } from '../../formats/alarm-rules.ts';
import { readBook } from '../../formats/leverage-book.ts';
import { groupsOver } from '../../policy/alarms/group.ts';
import { type AlarmRules, DEFAULT_RULES } from '../../policy/alarms/rules.ts';
import {
  type BackTestComparison,
  type BackTestLook,
  type BackTestOptions,
  type BackTestReport,
  comparisonSteps,
} from '../../policy/backtest/back-test.ts';
import { ratioRules, sigmaRules } from '../../policy/backtest/rule-sets.ts';
import { weeklyLongs } from '../../policy/backtest/weekly-longs.ts';
import { population } from '../desk/population.ts';
import { bookPrices, livePrice, NO_PRICES, withTicks } from '../prices.ts';
import { backTestCsv, backTestJson } from './back-test-files.ts';
import { accountLooks } from './looks.ts';
import {
  BACK_TEST_BOUNDS,
  BACK_TEST_ROWS_MAX,
  type BackTestColumn,
  type BackTestRow,
  type BackTestSpec,
  type BackTestView,
  type FeedUpdate,
  type RuleChoice,
  type StudySources,
} from './messages.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAYS_PER_WEEK = 7;
/** Prices of the weekly longs come at least this often: the venue looks at each. */
const WEEKLY_STEP_MS = 10 * MINUTE_MS;
const LOOKS_PER_CHATTER_WINDOW = 6;
const CHATTER_WINDOW_MS = 10 * MINUTE_MS;

const NAMES = {
  shipped: 'Shipped rules',
  ratio: 'Margin ratio alone',
  bare: 'Bare thresholds, 5, 4, 3 and 2σ',
  deadband: 'Deadband of 0.5σ, on-delay of 1 h',
} as const;

const nameOf = (choice: RuleChoice): string => (choice.kind === 'text' ? choice.name : NAMES[choice.kind]);

/** Faults of a text point below the place of its rules. */
function rulesOf(choice: RuleChoice, place: number): AlarmRules {
  switch (choice.kind) {
    case 'shipped':
      return DEFAULT_RULES;
    case 'ratio':
      return ratioRules();
    case 'bare':
      return sigmaRules('0', 0);
    case 'deadband':
      return sigmaRules('0.5', HOUR_MS);
    case 'text':
      try {
        return readAlarmRules(choice.text);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new InputError(error.faults.map(({ pointer, message }) => ({ pointer: `/rules/${place}${pointer}`, message })));
      }
  }
}

/** SY-2: two looks are no gap, however far apart the stream puts them. */
const forLooks = (rules: AlarmRules, lookMs: number): AlarmRules => ({ ...rules, gapMs: Math.max(rules.gapMs, 2 * lookMs) });

/** SY-1: the answer follows from the spec and the feed alone. Yields the share that is done. Throws `InputError`. */
export function* backTestSteps(spec: BackTestSpec, sources: StudySources): Generator<number, BackTestView> {
  const { lookMs } = spec.stream;
  const rules = [forLooks(rulesOf(spec.rules[0], 0), lookMs), forLooks(rulesOf(spec.rules[1], 1), lookMs)] as const;
  const { runs, looks, isInGroup } = runsOf(spec, sources);
  const chatterWindowMs = Math.max(CHATTER_WINDOW_MS, LOOKS_PER_CHATTER_WINDOW * lookMs);
  const steps = comparisonSteps(rules, runs, { chatterWindowMs, isInGroup });
  for (;;) {
    const { done, value } = steps.next();
    if (done) return viewOf(spec, value);
    yield Math.min(1, value / looks);
  }
}

interface Runs {
  readonly runs: Iterable<Iterable<BackTestLook>>;
  /** About how many looks there are. */
  readonly looks: number;
  /** SY-17. */
  readonly isInGroup: NonNullable<BackTestOptions['isInGroup']>;
}

function runsOf({ stream, subjects }: BackTestSpec, sources: StudySources): Runs {
  const { lookMs } = stream;
  const looks = Math.max(1, Math.floor(sources.spanMs / lookMs));
  if (subjects.kind === 'weekly-longs') {
    if (stream.kind !== 'simulated') throw refusal('/subjects', 'weekly longs are opened on simulated prices');
    const { seed, regime, days } = stream;
    const weeks = Math.floor(days / DAYS_PER_WEEK);
    if (weeks < 1) throw refusal('/stream/days', 'weekly longs need a week at least');
    const stepMs = Math.min(WEEKLY_STEP_MS, lookMs);
    if (lookMs % stepMs !== 0 || (DAYS_PER_WEEK * 24 * HOUR_MS) % lookMs !== 0)
      throw refusal('/stream/lookMs', 'looks must divide a week, and the steps between prices the looks');
    bounded(looks * subjects.runs);
    const options = { weeks, leverage: subjects.leverage, stepMs, lookMs };
    const ofSeed = (i: number): string => (subjects.runs === 1 ? '' : ` of seed ${seed + i}`);
    const run = (i: number) => weeklyLongs({ ...options, suffix: ofSeed(i) }, sources.walk(seed + i, regime, stepMs));
    return { runs: lazily(subjects.runs, run), looks: looks * subjects.runs, isInGroup: groupsOver(longOf) };
  }
  const { book, updates } = subjects.kind === 'account' ? ownAccount(subjects, sources) : generated(subjects, stream.kind, sources);
  bounded(looks * book.accounts.length);
  const accounts = new Map(book.accounts.map((account) => [account.id, account]));
  const isInGroup = groupsOver((id) => {
    const account = accounts.get(id);
    return account && { account, instruments: book.instruments };
  });
  return { runs: [accountLooks(book, updates)], looks, isInGroup };
}

const LONG_MARKETS: Book['instruments'] = new Map([
  [
    'BTC',
    { id: 'BTC', venue: 'simulated', contract: 'linear', base: 'BTC', quote: 'USD', settle: 'USD', contractSize: new Decimal(1) } as const,
  ],
]);

/** A weekly long as a group's filter sees it. */
function longOf(id: string): { readonly account: Account; readonly instruments: Book['instruments'] } {
  const position = { instrument: 'BTC', size: new Decimal(1), entryPrice: new Decimal(1), marginMode: 'isolated' } as const;
  return { account: { id, venue: 'simulated', balances: [], positions: [position] }, instruments: LONG_MARKETS };
}

function* lazily<T>(count: number, make: (i: number) => T): Generator<T> {
  for (let i = 0; i < count; i++) yield make(i);
}

const refusal = (pointer: string, message: string): InputError => new InputError([{ pointer, message }]);

function bounded(accountLooks: number): void {
  if (accountLooks > BACK_TEST_BOUNDS.accountLooksMax)
    throw refusal(
      '/stream',
      `${accountLooks} looks are more than can be taken (${BACK_TEST_BOUNDS.accountLooksMax}): fewer accounts, or less often`,
    );
}

interface Watched {
  readonly book: Book;
  readonly updates: Iterable<FeedUpdate>;
}

const textsOf = (prices: ReadonlyMap<string, Decimal>): Readonly<Record<string, string>> =>
  Object.fromEntries([...prices].map(([market, price]) => [market, price.toFixed()]));

/** The account alone; a simulation goes on from its book's prices. */
function ownAccount({ book: text, account }: { readonly book: string; readonly account: string }, sources: StudySources): Watched {
  const book = readBook(text);
  const accounts = book.accounts.filter(({ id }) => id === account);
  if (accounts.length === 0) throw refusal('/subjects/account', `the book has no account ${account}`);
  return { book: { ...book, accounts }, updates: sources.updates(textsOf(bookPrices(book))) };
}

/** SY-6: entries lie around the first prices of a replay; a simulation begins at the population's own. */
function generated(
  { accounts, seed }: { readonly accounts: number; readonly seed: number },
  kind: 'replay' | 'simulated',
  sources: StudySources,
): Watched {
  const options = { accounts, seed, asOf: new Date(sources.startMs).toISOString() };
  if (kind === 'simulated') {
    const book = bookOf(population(options));
    return { book, updates: sources.updates(textsOf(bookPrices(book))) };
  }
  const updates = sources.updates({});
  const [first] = updates;
  const { prices } = withTicks(NO_PRICES, first?.ticks ?? []);
  const markPrices = new Map<string, Decimal>();
  for (const market of prices.keys()) {
    const live = livePrice(prices, market, 'mark');
    if (live) markPrices.set(market, live.price);
  }
  return { book: bookOf(population({ ...options, markPrices })), updates: sources.updates({}) };
}

const orNone = (value: number | undefined): number => value ?? Number.NaN;

const columnOf = (name: string, report: BackTestReport): BackTestColumn => ({
  name,
  announcements: report.announcements,
  announcementsPerHour: report.announcementsPerHour,
  notices: report.notices,
  noticesPerHour: report.noticesPerHour,
  episodes: report.episodes,
  liquidations: report.liquidations,
  withoutWarning: report.liquidationsWithoutWarning,
  medianLeadMs: orNone(report.medianLeadMs),
  worstLeadMs: orNone(report.worstLeadMs),
  chattering: report.chattering,
  meanStanding: report.meanStanding,
  mostStanding: report.mostStanding,
  floodHours: report.floodHours,
});

/** SY-7: both sets see the same liquidations, in the same order: the looks decide them. */
function rowsOf({ first, second }: BackTestComparison): BackTestRow[] {
  return first.liquidationList.slice(0, BACK_TEST_ROWS_MAX).map(({ subject, atMs, leadMs }, i) => ({
    account: subject.kind === 'pool' ? subject.account : '',
    pool: subject.kind === 'pool' ? subject.pool : '',
    venue: subject.venue,
    atMs,
    leadMs: [orNone(leadMs), orNone(second.liquidationList[i]?.leadMs)],
  }));
}

function viewOf(spec: BackTestSpec, comparison: BackTestComparison): BackTestView {
  const { first, second, announcementRatio, medianLeadGainMs } = comparison;
  const view = {
    looks: first.looks,
    hours: first.hours,
    columns: [columnOf(nameOf(spec.rules[0]), first), columnOf(nameOf(spec.rules[1]), second)] as const,
    timesAsOften: second.announcements > 0 ? 1 / announcementRatio : Number.NaN,
    medianLeadGainMs: orNone(medianLeadGainMs),
    liquidations: rowsOf(comparison),
  };
  return { ...view, json: backTestJson(spec, view), csv: backTestCsv(view) };
}
