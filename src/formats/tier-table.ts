/** A margin table that somebody pasted: JSON rows or lines of numbers. Rule SC-11 of docs/spec/scenario.md. */
import * as v from 'valibot';
import type { MarginTier } from '../domain/book.ts';
import { type Fault, InputError } from '../domain/fault.ts';
import { Decimal } from '../domain/units.ts';
import { readJson } from '../wire/json.ts';
import { check, decimal, fields, fraction, nonNegativeDecimal, positiveDecimal, readDecimal } from '../wire/schema.ts';
import { tierFaults } from './tier-checks.ts';

const ROWS_MAX = 200;
const TEXT_MAX = 100_000;
const PERCENT = new Decimal(100);
/** Titles as venues write them, in small letters and without what is not a letter. */
const TITLES: Readonly<Record<string, keyof MarginTier>> = {
  notionalfloor: 'notionalFloor',
  floor: 'notionalFloor',
  from: 'notionalFloor',
  lowerbound: 'notionalFloor',
  maintenancemarginrate: 'maintenanceMarginRate',
  rate: 'maintenanceMarginRate',
  mmr: 'maintenanceMarginRate',
  maintmarginratio: 'maintenanceMarginRate',
  maxleverage: 'maxLeverage',
  leverage: 'maxLeverage',
  initialleverage: 'maxLeverage',
  maintenancededuction: 'maintenanceDeduction',
  deduction: 'maintenanceDeduction',
  cum: 'maintenanceDeduction',
};
const COLUMNS: readonly (keyof MarginTier)[] = ['notionalFloor', 'maintenanceMarginRate', 'maxLeverage', 'maintenanceDeduction'];

const rowSchema = fields({
  notionalFloor: nonNegativeDecimal(),
  maintenanceMarginRate: fraction(),
  maxLeverage: v.exactOptional(positiveDecimal()),
  maintenanceDeduction: v.exactOptional(decimal()),
});

/**
 * SC-11: rows of a margin table. JSON: an array of rows as a book has them. Lines: floor, maintenance rate, and if wanted maximum leverage and
 * deduction, apart by commas, semicolons, tabs or blanks; a first line of titles may set another order; a rate with % is divided by 100.
 * `join` is how the venue's rows join. Throws `InputError` with pointers /row/field.
 */
export function readTierTable(text: string, join: 'continuous' | 'step'): MarginTier[] {
  if (text.length > TEXT_MAX) throw new InputError([{ pointer: '', message: `longer than ${TEXT_MAX} characters` }]);
  const rows = check(v.array(rowSchema, 'expected a table of rows'), /^\s*\[/.test(text) ? readJson(text) : linesOf(text));
  const faults: Fault[] = [];
  if (rows.length === 0) faults.push({ pointer: '', message: 'a margin table has at least one row' });
  if (rows.length > ROWS_MAX) faults.push({ pointer: '', message: `at most ${ROWS_MAX} rows` });
  faults.push(...tierFaults(rows, join, ''));
  if (faults.length > 0) throw new InputError(faults);
  return rows;
}

function linesOf(text: string): Record<string, string>[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const cells = lines.map((line) =>
    /[;\t]/.test(line) ? line.split(/[;\t]/) : /,/.test(line) ? line.split(',') : line.trim().split(/\s+/),
  );
  const first = cells[0]?.map((cell) => TITLES[cell.toLowerCase().replace(/[^a-z]/g, '')]);
  const hasTitles = first?.some((title) => title !== undefined) ?? false;
  const columns = hasTitles ? first! : COLUMNS;
  return cells.slice(hasTitles ? 1 : 0).map((row) => {
    const record: Record<string, string> = {};
    row.forEach((cell, i) => {
      const column = columns[i];
      const value = cell.trim();
      if (column !== undefined && value !== '') record[column] = column === 'maintenanceMarginRate' ? rateOf(value) : value;
      else if (column === undefined && !hasTitles) record[`column ${i + 1}`] = value;
    });
    return record;
  });
}

function rateOf(text: string): string {
  if (!text.endsWith('%')) return text;
  const value = readDecimal(text.slice(0, -1).trim());
  return typeof value === 'string' ? text : value.div(PERCENT).toFixed();
}
