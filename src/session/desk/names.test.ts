import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextBuilder } from '../../domain/book-columns-builder.ts';
import { findIds, findText, gatherNames, type Job, rankIds } from './names.ts';
import { compareIds, idAt, labelAt, type StringTable, viewStrings } from './strings.ts';

/** Runs a job to its end; how many slices it took. */
function drain<T>(job: Job<T>): { value: T; slices: number } {
  let slices = 1;
  for (let step = job.next(); ; step = job.next(), slices++) if (step.done) return { value: step.value, slices };
}

const tableOf = (names: readonly (readonly [string, string])[]): StringTable =>
  drain(gatherNames({ count: names.length, idOf: (i) => names[i]![0], labelOf: (i) => names[i]![1] })).value.table;

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', '0x', 'Ω', 'ß', 'İ', '\ud800', 'a\udfffb', '𝔸b', 'hyper', 'HYPER', 'account-000001', 'account-000002'),
);
const names = fc.array(fc.tuple(text, text), { maxLength: 40, size: 'max' });
const wantedText = fc.oneof(text, fc.string({ minLength: 1, maxLength: 2 }));

describe('DM-6 ids and labels as bytes', () => {
  it('come back as they were, half surrogate pairs too', () => {
    let reached = 0;
    fc.assert(
      fc.property(names, (all) => {
        const table = tableOf(all);
        all.forEach(([id, label], i) => {
          expect(idAt(table, i)).toBe(id);
          expect(labelAt(table, i)).toBe(label);
          reached++;
        });
      }),
    );
    expect(reached).toBeGreaterThan(500);
  });

  it('taken from columns they are the same bytes', () => {
    let reached = 0;
    fc.assert(
      fc.property(names, fc.boolean(), (all, hasLabels) => {
        const [id, label] = [new TextBuilder(), new TextBuilder()];
        for (const [name, own] of all) {
          id.push(name);
          label.push(own);
        }
        const texts = { id: id.finished(), label: hasLabels ? label.finished() : undefined };
        const given = { count: all.length, idOf: () => '', texts };
        const { table, place } = drain(gatherNames(given)).value;
        const expected = tableOf(all.map(([name, own]) => [name, hasLabels ? own : ''] as const));
        expect([...table.start]).toEqual([...expected.start]);
        expect([...table.bytes]).toEqual([...expected.bytes]);
        expect(place.byteLength).toBe(expected.bytes.length);
        reached += all.length;
      }),
    );
    expect(reached).toBeGreaterThan(500);
  });

  it('a table over shared memory reads the same', () => {
    const all = [
      ['a', 'desk'],
      ['b', ''],
    ] as const;
    const { table, place } = drain(
      gatherNames({ count: 2, idOf: (i) => all[i]![0], labelOf: (i) => all[i]![1] }, (bytes) => new SharedArrayBuffer(bytes)),
    ).value;
    expect(place.buffer).toBeInstanceOf(SharedArrayBuffer);
    const again = viewStrings(place);
    expect([idAt(again, 0), labelAt(again, 0), idAt(again, 1), labelAt(again, 1)]).toEqual(['a', 'desk', 'b', '']);
    expect(idAt(table, 1)).toBe('b');
  });
});

describe('DM-7 found by text, by id and in order', () => {
  it('text: the same entries as a search of the texts themselves', () => {
    const reached = { found: 0, ascii: 0 };
    fc.assert(
      fc.property(names, wantedText, (all, wanted) => {
        const table = tableOf(all);
        const { value } = drain(findText(table, wanted));
        const lower = wanted.toLowerCase();
        all.forEach(([id, label], i) => {
          const isAscii = !/[^ -~]/.test(lower + id + label);
          const expected = id.toLowerCase().includes(lower) || label.toLowerCase().includes(lower);
          // Beyond ASCII a few letters become ASCII ones when made small (the Kelvin sign): those are not looked for.
          if (isAscii || /[^ -~]/.test(lower)) expect(value[i] === 1, JSON.stringify([id, label, wanted])).toBe(expected);
          if (expected) reached.found++;
          if (isAscii) reached.ascii++;
        });
      }),
      { numRuns: 300 },
    );
    expect(reached.found).toBeGreaterThan(300);
    expect(reached.ascii).toBeGreaterThan(1_000);
  });

  it('ids: every one that is there, each once, in the order of the table', () => {
    let reached = 0;
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 40, size: 'max' }), fc.array(text, { maxLength: 10, size: 'max' }), (ids, wanted) => {
        const table = tableOf(ids.map((id) => [id, 'x'] as const));
        const expected = ids.flatMap((id, i) => (wanted.includes(id) ? [i] : []));
        expect(drain(findIds(table, wanted)).value).toEqual(expected);
        reached += expected.length;
      }),
    );
    expect(reached).toBeGreaterThan(30);
  });

  it('order: by code point, also where many begin alike', () => {
    let reached = 0;
    const alike = fc.tuple(fc.constantFrom('', 'account-', '0x00000000000000'), text).map(([prefix, rest]) => prefix + rest);
    fc.assert(
      fc.property(fc.array(alike, { minLength: 2, maxLength: 300, size: 'max' }), (ids) => {
        const table = tableOf(ids.map((id) => [id, ''] as const));
        const rank = drain(rankIds(table)).value;
        const order = [...ids.keys()].sort((a, b) => rank[a]! - rank[b]!);
        for (let i = 1; i < order.length; i++) {
          const comparison = compareIds(table, order[i - 1]!, order[i]!);
          expect(comparison <= 0).toBe(true);
          if (comparison === 0) expect(ids[order[i - 1]!]).toBe(ids[order[i]!]);
          reached++;
        }
        expect(new Set(rank).size).toBe(ids.length);
      }),
      { numRuns: 60 },
    );
    expect(reached).toBeGreaterThan(3_000);
  });

  it('works in slices', () => {
    const table = tableOf(Array.from({ length: 200_000 }, (_, i) => [`account-${(i * 7_919) % 200_000}`, ''] as const));
    expect(drain(findText(table, '999')).slices).toBeGreaterThan(2);
    const { value, slices } = drain(rankIds(table));
    expect(slices).toBeGreaterThan(4);
    const first = value.indexOf(0);
    expect(idAt(table, first)).toBe('account-0');
  });
});
