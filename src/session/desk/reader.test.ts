import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { columnsBytes, viewColumns } from '../../engine/kernel/columns.ts';
import { createBoard, GUARDED_ROWS, whileWriting, whileWritingRows } from './board.ts';
import type { DeskShared } from './messages.ts';
import { createReader } from './reader.ts';
import { stringsBuilder } from './strings.ts';

const ROWS = 8 * GUARDED_ROWS;
const FIGURES = ['equity', 'grossNotional', 'maintenance', 'leverage', 'marginRatio', 'marginExcess'] as const;

/** Shared memory of `ROWS` accounts `a0`, `a1`, … without positions. */
function sharedDesk(): { shared: DeskShared; columns: ReturnType<typeof viewColumns>; board: ReturnType<typeof createBoard>['board'] } {
  const allocate = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
  const place = { buffer: allocate(columnsBytes(ROWS, 8)), byteOffset: 0, accountCapacity: ROWS, legCapacity: 8 };
  const columns = viewColumns(place);
  columns.accounts.unitRate.fill(1);
  columns.accounts.nearestLeg.fill(0xffff_ffff);
  columns.accounts.biggestLeg.fill(0xffff_ffff);
  for (let row = 0; row < ROWS; row++) columns.accounts.source[row] = row;
  const made = createBoard({ instrumentCount: 1, setCount: 1, rowCapacity: ROWS }, allocate);
  const names = stringsBuilder(ROWS);
  for (let row = 0; row < ROWS; row++) names.add(`a${row}`, '');
  const { place: strings } = names.finish(allocate);
  return { shared: { columns: place, strings, board: made.place } as DeskShared, columns, board: made.board };
}

describe('DM-9 rows read while they are written', () => {
  it('stand as they were read before, or without figures, but never half old and half new', () => {
    const { shared, columns, board } = sharedDesk();
    const { accounts } = columns;
    const reader = createReader(shared);
    for (const name of FIGURES) accounts[name].fill(1);
    accounts.state.fill(3);
    expect(reader.rows([5, 2_000], Number.NaN)).toMatchObject({ account: ['a5', 'a2000'] });
    for (const write of [
      (change: () => void) => whileWriting(board.guard, change),
      (change: () => void) => whileWritingRows(board.guard, 1_500, change),
    ])
      write(() => {
        accounts.equity[2_000] = 2;
        const rows = reader.rows([2_000, 2_001], Number.NaN);
        expect([...rows.equity]).toEqual([1, Number.NaN]);
        expect([...rows.marginRatio]).toEqual([1, Number.NaN]);
        expect(rows.account).toEqual(['a2000', 'a2001']);
        expect([...rows.state]).toEqual([3, 3]);
        reader.rows([2_000], Number.NaN);
      });
    expect([...reader.rows([2_000, 2_001], Number.NaN).equity]).toEqual([2, 1]);
    // Rows that are not written do not wait for those that are.
    whileWritingRows(board.guard, 0, () => expect([...reader.rows([2_001], Number.NaN).equity]).toEqual([1]));
  });

  it('of another thread belong together', async () => {
    const { shared, columns, board } = sharedDesk();
    const { accounts } = columns;
    // The writer keeps to the protocol: whole parts by their own counter, every tenth time rows anywhere by the one for all.
    const source = `
      const { workerData: { all, rows, figures, part }, parentPort } = require('node:worker_threads');
      for (let k = 1; Atomics.load(all, 0) >= 0; k++) {
        const p = k % rows.length;
        const guard = k % 10 === 0 ? [all, 0] : [rows, p];
        Atomics.add(guard[0], guard[1], 1);
        for (const column of figures) column.fill(k, p * part, (p + 1) * part);
        Atomics.add(guard[0], guard[1], 1);
        for (let rest = 0; rest < 4000; rest++) Atomics.load(all, 0);
        if (k === 100) parentPort.postMessage('on');
      }`;
    const { all, rows } = board.guard;
    const workerData = { all, rows, figures: FIGURES.map((name) => accounts[name]), part: GUARDED_ROWS };
    const worker = new Worker(source, { eval: true, workerData });
    await new Promise((resolve) => worker.once('message', resolve));
    const reader = createReader(shared);
    const found = { whole: 0, without: 0, mixed: 0 };
    const values = new Set<number>();
    for (let i = 0; i < 1_000; i++) {
      const rowIds = Uint32Array.from({ length: 50 }, (_, k) => (i * 97 + k * 163) % ROWS);
      const read = reader.rows(rowIds, Number.NaN);
      for (let k = 0; k < rowIds.length; k++) {
        const [first, ...others] = FIGURES.map((name) => read[name][k]!);
        if (Number.isNaN(first)) found.without++;
        else if (others.every((value) => value === first)) found.whole++;
        else found.mixed++;
        values.add(first!);
      }
    }
    await worker.terminate();
    console.log('rows read beside a writer', found, `${values.size} versions`);
    expect(found.mixed).toBe(0);
    expect(found.whole).toBeGreaterThan(5_000);
    expect(values.size).toBeGreaterThan(20);
  });
});
