/** Readers of the larger recordings that may lie beside the project (real/hyperliquid*.jsonl, the series and the books). */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readJson } from '../../../wire/json.ts';
import { bundledTable } from '../tables.ts';
import { plain, type RecordedAccount, type RecordedPosition } from './recorded.ts';

const ROOT = resolve(process.cwd(), '../shared');

export const recordingPath = (name: string): string => resolve(ROOT, name);
export const hasRecordings = existsSync(recordingPath('real/hyperliquid.jsonl'));

/** Lines of a text file, gunzipped where the name says so. */
export function readLines(name: string): string[] {
  const bytes = readFileSync(recordingPath(name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** A position of real/hyperliquid.jsonl; numbers as text. */
export interface RecordingPosition {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly size: string;
  readonly entryPrice: string;
  readonly markPrice: string;
  readonly marginMode: string;
  readonly leverage: string;
  readonly maxLeverage: string | null;
  readonly marginTableId?: string | null;
  readonly marginUsed: string | null;
  readonly liquidationPrice: string | null;
  readonly check?: string;
}

export interface Recording {
  readonly id: string;
  readonly source: string;
  readonly capturedAt: string | null;
  readonly account: Readonly<Record<string, string | undefined>>;
  readonly positions: readonly RecordingPosition[];
  /** As read, numbers lossless. */
  readonly raw?: Readonly<Record<string, unknown>>;
}

export const readRecordings = (name: string): Recording[] =>
  readLines(name).map((line) => {
    const read = readJson(line) as { raw?: Readonly<Record<string, unknown>> };
    return { ...(plain(read) as Recording), ...(read.raw ? { raw: read.raw } : {}) };
  });

/** The table a recording names: `simple:10`, or `table:52` for the table that a market of today has. */
const TABLE_52 = 'table:DOGE';

export function tableOfRecording(coin: string, marginTableId: string | null | undefined, maxLeverage: string | null): string | undefined {
  if (marginTableId?.startsWith('simple:')) return marginTableId;
  if (marginTableId === 'table:52') return TABLE_52;
  return bundledTable(coin) || maxLeverage === null ? undefined : `simple:${maxLeverage}`;
}

/** A recorded position with what was said of it; undefined for an isolated one whose margin was not recorded. */
export function positionOf(row: RecordingPosition): RecordedPosition | undefined {
  const marginMode = row.marginMode.startsWith('isolated') ? 'isolated' : 'cross';
  if (marginMode === 'isolated' && row.marginUsed === null) return undefined;
  const table = tableOfRecording(row.symbol, row.marginTableId, row.maxLeverage);
  return {
    coin: row.symbol,
    size: row.side === 'long' ? row.size : `-${row.size}`,
    entryPrice: row.entryPrice,
    markPrice: row.markPrice,
    marginMode,
    leverage: row.leverage,
    ...(row.marginUsed === null ? {} : { marginUsed: row.marginUsed }),
    ...(table === undefined ? {} : { table }),
    liquidationPrice: row.liquidationPrice,
  };
}

/** A row of the series: symbol, signed size, entry, mark, leverage, mode, maximum leverage, liquidation price. */
export type SeriesRow = readonly [string, string, string, string, string, string, string | null, string | null];

export interface SeriesSnapshot {
  readonly id: string;
  readonly capturedAt: string;
  readonly source: string;
  readonly crossAccountValueDerived: string;
  readonly derivedFrom: string;
  readonly rows: readonly SeriesRow[];
}

/**
 * The cross positions of a snapshot: isolated ones have no recorded margin. A maximum leverage that is not the first of the market's own
 * table stands for an older table: the one that another recording of the wallet names, or one row.
 */
export function accountOfSnapshot(snapshot: SeriesSnapshot, olderTables: ReadonlyMap<string, string>): RecordedAccount {
  const positions = snapshot.rows.flatMap(
    ([coin, size, entryPrice, markPrice, leverage, mode, maxLeverage, liquidationPrice]): RecordedPosition[] => {
      if (!mode.startsWith('cross')) return [];
      const isOwn = maxLeverage === null || bundledTable(coin)?.tiers[0]?.maxLeverage?.eq(maxLeverage);
      const table = isOwn ? undefined : (olderTables.get(`${snapshot.id} ${coin}`) ?? `simple:${maxLeverage}`);
      return [{ coin, size, entryPrice, markPrice, marginMode: 'cross', leverage, ...(table ? { table } : {}), liquidationPrice }];
    },
  );
  return {
    id: `${snapshot.id} ${snapshot.capturedAt}`,
    source: snapshot.source,
    capturedAt: snapshot.capturedAt,
    crossAccountValue: snapshot.crossAccountValueDerived,
    anchor: snapshot.derivedFrom,
    positions,
  };
}
