/** The journal as a file, `plimsoll-journal/1` (rule JN-11). */
import * as v from 'valibot';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { SHAPES, type StoreName } from './records.ts';

const FORMAT = 'plimsoll-journal/1';
const NAMES = Object.keys(SHAPES) as StoreName[];
/** More faults than these nobody reads. */
const FAULTS_MAX = 100;

export type ExportedRows = Readonly<Partial<Record<StoreName, readonly object[]>>>;

/** All rows by store, with the instant of the export. */
export const exportText = (rows: Readonly<Record<string, readonly object[]>>, nowMs: number): string =>
  `${JSON.stringify({ format: FORMAT, exportedAt: new Date(nowMs).toISOString(), ...rows }, null, 1)}\n`;

/** The rows of such a file. Throws `InputError` with a pointer for each fault; then nothing of it is used. */
export function readExport(text: string): ExportedRows {
  const raw = parsed(text);
  const { format, exportedAt: _, ...lists } = raw;
  if (format !== FORMAT) throw refusal('/format', `expected "${FORMAT}"`);
  const faults: Fault[] = [];
  const rows: Partial<Record<StoreName, readonly object[]>> = {};
  for (const [name, list] of Object.entries(lists)) {
    const store = NAMES.find((known) => known === name);
    if (!store || !Array.isArray(list)) {
      faults.push({ pointer: pointerSegment(name), message: store ? 'expected a list' : 'a field that the format does not have' });
      continue;
    }
    for (const [i, row] of list.entries()) {
      const read = v.safeParse(SHAPES[store], row);
      if (!read.success) faults.push(...read.issues.map((issue) => faultOf(issue, `/${store}/${i}`)));
      if (faults.length >= FAULTS_MAX) throw new InputError(faults.slice(0, FAULTS_MAX));
    }
    rows[store] = list as readonly object[];
  }
  if (faults.length > 0) throw new InputError(faults);
  return rows;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw refusal('', `no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}`);
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw refusal('', 'expected an object');
  return raw as Readonly<Record<string, unknown>>;
}

const refusal = (pointer: string, message: string): InputError => new InputError([{ pointer, message }]);

const faultOf = (issue: v.BaseIssue<unknown>, at: string): Fault => ({
  pointer: at + (issue.path ?? []).map(({ key }) => pointerSegment(String(key))).join(''),
  message: issue.message,
});
