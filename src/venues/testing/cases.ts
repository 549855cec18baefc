/** Cases with a known answer: reading them, comparing with a tolerance, and saying how many ran. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { LosslessNumber, readJson } from '../../wire/json.ts';

/** What a case's formula may yield; undefined where it has no such figure. */
export type Computed = Decimal | bigint | string | boolean | null | undefined;

export interface Tolerance {
  /** Of the expected value. */
  readonly rel?: string;
  readonly abs?: string;
}

export interface Case {
  readonly id: string;
  readonly source?: string;
  readonly formula: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance: Tolerance;
}

/** JSON with every number as its text. */
export const readPlainJson = (file: string | URL): unknown => plain(readJson(readFileSync(file, 'utf8')));

function plain(value: unknown): unknown {
  if (value instanceof LosslessNumber) return value.value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** A file of the reference folder beside the project; undefined in a clone that stands alone. */
function shared(path: string): string | undefined {
  const file = resolve(process.cwd(), '../shared', path);
  return existsSync(file) ? file : undefined;
}

/** The collected cases of a venue; none when the reference folder is not there. */
export function oracleCases(file: 'cex' | 'defi', venue: string): Case[] {
  const path = shared(`oracles/${file}.json`);
  if (!path) return [];
  const cases = readPlainJson(path) as (Omit<Case, 'input'> & { readonly venue: string; readonly inputs: Case['input'] })[];
  return cases.filter((item) => item.venue === venue).map(({ inputs, ...item }) => ({ ...item, input: inputs }));
}

/** The rows of a JSON-lines file of the reference folder, numbers as their text; none when it is not there. */
export function sharedRows(path: string): unknown[] {
  const file = shared(path);
  if (!file) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => plain(readJson(line)));
}

/** Why `computed` is not `expected` within the tolerance, in one sentence; undefined where it is. null expects no number. */
export function difference(computed: Computed, expected: unknown, tolerance: Tolerance): string | undefined {
  if (expected === null || expected === undefined) {
    return computed === null || computed === undefined ? undefined : `expected none, found ${computed}`;
  }
  if (computed === null || computed === undefined) return `expected ${expected}, found none`;
  const wanted = String(expected);
  if (typeof computed === 'boolean' || !isNumber(wanted) || !isNumber(String(computed))) {
    return String(computed) === wanted ? undefined : `expected ${wanted}, found ${computed}`;
  }
  const gap = new Decimal(String(computed)).minus(wanted).abs();
  const allowed = Decimal.max(new Decimal(tolerance.rel ?? 0).times(wanted).abs(), tolerance.abs ?? 0);
  return gap.lte(allowed) ? undefined : `expected ${wanted}, found ${computed}, off by ${gap.toExponential(3)}`;
}

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);

/** Counts comparisons and says at the end how many passed, failed and were skipped, and why. */
export class Tally {
  readonly label: string;
  private passed = 0;
  private failed = 0;
  private readonly skipped: string[] = [];

  constructor(label: string) {
    this.label = label;
  }

  /** Notes the outcome of one comparison and hands it on. */
  note(fault: string | undefined): string | undefined {
    if (fault === undefined) this.passed++;
    else this.failed++;
    return fault;
  }

  skip(reason: string): void {
    this.skipped.push(reason);
  }

  print(): void {
    const why = this.skipped.map((reason) => `\n    skipped ${reason}`).join('');
    console.log(`${this.label}: ${this.passed + this.failed} ran, ${this.passed} passed, ${this.skipped.length} skipped${why}`);
  }
}

/** A describe block of cases: one test a case, a count of figures compared, and a floor on it. */
export function describeOracle(
  label: string,
  cases: readonly Case[],
  compute: (item: Case) => Readonly<Record<string, Computed>> | undefined,
  floor: number,
): void {
  describe(label, () => {
    const tally = new Tally(label);
    let compared = 0;
    afterAll(() => tally.print());
    for (const item of cases) {
      it(`${item.formula} ${item.id}`, () => {
        const computed = compute(item);
        expect(computed, `family ${item.formula}`).toBeDefined();
        const faults = Object.entries(item.expected).map(([name, expected]) => {
          compared++;
          const fault = tally.note(difference(computed?.[name], expected, item.tolerance));
          return fault && `${name}: ${fault}`;
        });
        expect(faults.filter(Boolean)).toEqual([]);
      });
    }
    it('reached its cases', () => {
      if (cases.length === 0) tally.skip('all: the reference folder is not beside the project');
      expect(compared).toBeGreaterThanOrEqual(floor);
    });
  });
}
