/** The trades that a session saw: sizes that changed between two snapshots (rule SY-13 of docs/spec/study.md). Choosing and naming, no figures. */
import type { App } from '../../store/index.ts';
import type { AccountView, AppState, PerformanceSpec, TradeRecord } from '../../store/types.ts';

export type Held = PerformanceSpec['positions'][number];

interface HeldEntry extends Held {
  readonly entryPrice: string;
}

/** Where an instrument is held more than once its side stands behind the name. */
export function heldOf({ positions }: Pick<AccountView, 'positions'>): readonly HeldEntry[] {
  const times = new Map<string, number>();
  for (const name of positions.instrument) times.set(name, (times.get(name) ?? 0) + 1);
  return positions.instrument.map((name, i) => ({
    instrument: (times.get(name) ?? 0) > 1 ? `${name} ${positions.side[i]} ${positions.pool[i]}` : name,
    contract: positions.contract[i] ?? '',
    contractSize: positions.contractSize[i] ?? '',
    size: positions.size.text[i] ?? '',
    markPrice: positions.markPrice.text[i] ?? '',
    entryPrice: positions.entryPrice.text[i] ?? '',
  }));
}

const opening = (timeMs: number, { instrument, size, contractSize, entryPrice }: HeldEntry): TradeRecord[] =>
  size === '' || entryPrice === '' ? [] : [{ timeMs, instrument, size, contractSize, price: entryPrice, fee: '0', isOpening: true }];

/** What was traded between two looks at one account: each size's change, at the mark that stands now, or stood last. */
export function tradesBetween(before: readonly HeldEntry[], now: readonly HeldEntry[], timeMs: number): TradeRecord[] {
  const was = new Map(before.map((one) => [one.instrument, one]));
  const is = new Map(now.map((one) => [one.instrument, one]));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((instrument): TradeRecord[] => {
    const [old, next] = [was.get(instrument), is.get(instrument)];
    const size = difference(next?.size ?? '0', old?.size ?? '0');
    const price = next?.markPrice || old?.markPrice || '';
    const contractSize = next?.contractSize || old?.contractSize || '';
    return size === '' || price === '' ? [] : [{ timeMs, instrument, size, contractSize, price, fee: '0', isOpening: false }];
  });
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** b − a of decimal texts, exactly; '' where they are equal or one is none. */
export function difference(b: string, a: string): string {
  const [left, right] = [DECIMAL.exec(b), DECIMAL.exec(a)];
  if (!left || !right) return '';
  const places = Math.max(left[3]?.length ?? 0, right[3]?.length ?? 0);
  const whole = ([, sign, integer, fraction = '']: RegExpExecArray): bigint => BigInt(`${sign}${integer}${fraction.padEnd(places, '0')}`);
  const result = whole(left) - whole(right);
  if (result === 0n) return '';
  const digits = String(result < 0n ? -result : result).padStart(places + 1, '0');
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return result < 0n ? `-${text}` : text;
}

/** Trades beyond this are no longer noted: a page that nobody reads for so long. */
const TRADES_MAX = 10_000;

export interface TradeLog {
  /** Of the account that is shown. */
  readonly trades: () => readonly TradeRecord[];
}

interface Logged {
  held: readonly HeldEntry[];
  readonly trades: TradeRecord[];
}

const LOGS = new WeakMap<App['store'], TradeLog>();

/** One log a page, from the first time that it is asked for; every account that is shown has its own. */
export function tradeLogOf(store: App['store']): TradeLog {
  const known = LOGS.get(store);
  if (known) return known;
  const logs = new Map<string, Logged>();
  const keyOf = ({ snapshot }: AppState): string => (snapshot?.account ? JSON.stringify([snapshot.bookName, snapshot.account.id]) : '');
  const look = (state: AppState): void => {
    const { snapshot } = state;
    if (!snapshot?.account) return;
    const key = keyOf(state);
    const held = heldOf(snapshot.account);
    const timeMs = Number.isFinite(snapshot.source.clockMs) ? snapshot.source.clockMs : snapshot.sourceTimeMs;
    const log = logs.get(key);
    if (!log) logs.set(key, { held, trades: held.flatMap((one) => opening(timeMs, one)) });
    else {
      if (log.trades.length < TRADES_MAX) log.trades.push(...tradesBetween(log.held, held, timeMs));
      log.held = held;
    }
  };
  look(store.getState());
  store.subscribe((state, before) => {
    if (state.snapshot?.account?.positions !== before.snapshot?.account?.positions) look(state);
  });
  const log: TradeLog = { trades: () => logs.get(keyOf(store.getState()))?.trades ?? [] };
  LOGS.set(store, log);
  return log;
}
