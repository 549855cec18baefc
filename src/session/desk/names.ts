/**
 * Work on all names of a book, in slices of some milliseconds: every `next` of a generator does one. Rules DM-6, DM-7.
 */
import type { TextColumn } from '../../domain/book-columns.ts';
import { orderRows, orderScratch } from '../../engine/kernel/order.ts';
import {
  bytesOfUnits,
  compareIds,
  encodeUnits,
  idAt,
  type StringsPlace,
  type StringTable,
  searchStrings,
  stringsBuilder,
  stringsBytes,
  viewStrings,
} from './strings.ts';

/** Slices: names in one of them. */
const NAMES_PER_SLICE = 65_536;

/** Work that yields between its slices. */
export type Job<T> = Generator<undefined, T>;

/** Steps of others as slices. */
export function* slices<T>(steps: Generator<void, T>): Job<T> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    yield;
  }
}

interface Named {
  readonly count: number;
  readonly idOf: (entry: number) => string;
  readonly labelOf?: (entry: number) => string | undefined;
  /** The same texts where they lie in columns. */
  readonly texts?: NameTexts;
}

/** Ids and labels in columns; a label that is not stated is empty. */
export interface NameTexts {
  readonly id: TextColumn;
  readonly label: TextColumn | undefined;
}

/** The ids and labels of a book as a table, in memory from `allocate`. */
export function* gatherNames(
  named: Named,
  allocate?: (bytes: number) => ArrayBufferLike,
): Job<{ readonly table: StringTable; readonly place: StringsPlace }> {
  if (named.texts) return yield* gatherTexts(named.count, named.texts, allocate);
  const builder = stringsBuilder(named.count);
  for (let entry = 0; entry < named.count; entry++) {
    builder.add(named.idOf(entry), named.labelOf?.(entry) ?? '');
    if ((entry + 1) % NAMES_PER_SLICE === 0) yield;
  }
  return builder.finish(allocate);
}

/** The same straight from columns: measured, then written where it stays. */
function* gatherTexts(
  count: number,
  { id, label }: NameTexts,
  allocate: (bytes: number) => ArrayBufferLike = (length) => new ArrayBuffer(length),
): Job<{ readonly table: StringTable; readonly place: StringsPlace }> {
  let byteLength = 0;
  for (const column of label ? [id, label] : [id]) {
    for (let from = 0; from < count; from += NAMES_PER_SLICE) {
      const to = Math.min(count, from + NAMES_PER_SLICE);
      for (let i = from; i < to; i++) byteLength += bytesOfUnits(column.units, startOf(column, i), column.end[i]!);
      yield;
    }
  }
  const place = { buffer: allocate(stringsBytes(count, byteLength)), count, byteLength };
  const table = viewStrings(place);
  const { start, bytes } = table;
  let at = 0;
  for (let i = 0; i < count; i++) {
    at = encodeUnits(id.units, startOf(id, i), id.end[i]!, bytes, at);
    start[2 * i + 1] = at;
    if (label) at = encodeUnits(label.units, startOf(label, i), label.end[i]!, bytes, at);
    start[2 * i + 2] = at;
    if ((i + 1) % NAMES_PER_SLICE === 0) yield;
  }
  return { table, place };
}

const startOf = ({ end }: TextColumn, i: number): number => (i === 0 ? 0 : end[i - 1]!);

/** 1 for every entry whose id is one of those that `text` names: `=a|b`. */
export function* findNamed(table: StringTable, text: string): Job<Uint8Array> {
  const found = new Uint8Array(table.count);
  for (const entry of yield* findIds(table, text.slice(1).split('|'))) found[entry] = 1;
  return found;
}

/** 1 for every entry whose id or label contains `text`. */
export function* findText(table: StringTable, text: string): Job<Uint8Array> {
  const found = new Uint8Array(table.count);
  for (let from = 0; from < table.count; from += NAMES_PER_SLICE) {
    if (from > 0) yield;
    searchStrings(table, text, from, Math.min(from + NAMES_PER_SLICE, table.count), (entry) => {
      found[entry] = 1;
    });
  }
  return found;
}

/** FNV-1a over the id's bytes. */
function hashOfEntry({ start, bytes }: StringTable, entry: number): number {
  let hash = 0x811c_9dc5;
  const end = start[2 * entry + 1]!;
  for (let i = start[2 * entry]!; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193);
  return hash >>> 0;
}

/** Ids that are written or hashed in one slice. */
const IDS_PER_SLICE = 4_096;

/** Entries of the ids wanted that the table holds, in its order. */
export function* findIds(table: StringTable, ids: readonly string[]): Job<number[]> {
  const builder = stringsBuilder(ids.length);
  for (let i = 0; i < ids.length; i++) {
    builder.add(ids[i]!, '');
    if ((i + 1) % IDS_PER_SLICE === 0) yield;
  }
  const named = builder.finish().table;
  const wanted = new Map<number, string[]>();
  for (let i = 0; i < ids.length; i++) {
    const hash = hashOfEntry(named, i);
    const alike = wanted.get(hash);
    if (alike) alike.push(ids[i]!);
    else wanted.set(hash, [ids[i]!]);
    if ((i + 1) % IDS_PER_SLICE === 0) yield;
  }
  const entries: number[] = [];
  if (wanted.size === 0) return entries;
  for (let entry = 0; entry < table.count; entry++) {
    if (wanted.get(hashOfEntry(table, entry))?.includes(idAt(table, entry))) entries.push(entry);
    if ((entry + 1) % NAMES_PER_SLICE === 0) yield;
  }
  return entries;
}

/** First bytes of an id that are one number: 257⁶ < 2⁴⁹, exact in a double. */
const PREFIX_BYTES = 6;

/**
 * By entry: its place in the order of ids by code point. Sorted by six bytes at a time, from the first on: each run that is still
 * alike by the next six, short runs by comparison.
 */
export function* rankIds(table: StringTable): Job<Float64Array> {
  const { count } = table;
  const rows = new Uint32Array(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  const scratch = orderScratch(count);
  const keys = new Float64Array(count);
  const runs: { from: number; to: number; depth: number }[] = count > 1 ? [{ from: 0, to: count, depth: 0 }] : [];
  let work = 0;
  for (let run = runs.pop(); run; run = runs.pop()) {
    const { from, to, depth } = run;
    const part = rows.subarray(from, to);
    work += part.length;
    if (part.length <= 64 || isEnd(table, part, depth)) part.sort((a, b) => compareIds(table, a, b) || a - b);
    else {
      for (let i = 0; i < part.length; i++) {
        keys[part[i]!] = prefixAt(table, part[i]!, depth);
        if ((i + 1) % NAMES_PER_SLICE === 0) yield;
      }
      orderRows(part, part.length, keys, false, scratch);
      if (part.length > NAMES_PER_SLICE) yield;
      for (let start = 0, end = 1; start < part.length; start = end++) {
        while (end < part.length && keys[part[end]!] === keys[part[start]!]) end++;
        if (end - start > 1) runs.push({ from: from + start, to: from + end, depth: depth + PREFIX_BYTES });
      }
    }
    if (work < NAMES_PER_SLICE) continue;
    work = 0;
    yield;
  }
  const rank = new Float64Array(count);
  for (let place = 0; place < count; place++) rank[rows[place]!] = place;
  return rank;
}

/** Six bytes of the id from `depth`, each one up so that an end comes before any byte, as one number. */
function prefixAt({ start, bytes }: StringTable, entry: number, depth: number): number {
  const end = start[2 * entry + 1]!;
  let key = 0;
  for (let i = start[2 * entry]! + depth, k = 0; k < PREFIX_BYTES; k++, i++) key = key * 257 + (i < end ? bytes[i]! + 1 : 0);
  return key;
}

/** No id of the run goes further: all are the same. */
const isEnd = ({ start }: StringTable, part: Uint32Array, depth: number): boolean =>
  part.every((entry) => start[2 * entry + 1]! - start[2 * entry]! <= depth);
