/** The figures of an open book, brought up to date where and when they are wanted: see `FigureSource`. */
import { refreshDetails } from './details.ts';
import { InitialMargins } from './initial-margin.ts';
import { closedBy, ladderOf } from './ladder-job.ts';
import type { OpenDesk } from './opened.ts';
import { refreshColumns, refreshRow } from './refresh.ts';
import type { FigureSource } from './window.ts';

/** Rows of one slice of details. */
const ROWS_PER_SLICE = 2_048;

/** Figures of `open`, computed by the kernel and the exact engine. */
export function figuresOf(open: OpenDesk): FigureSource {
  const { kernel, board } = open;
  const initial = new InitialMargins(kernel);
  const details = (rows: ArrayLike<number>): void => {
    refreshDetails(kernel, board.worth, rows);
    initial.refresh(rows);
  };
  return {
    refreshAll: () => refreshColumns(kernel),
    *refreshDetails() {
      for (let from = 0; from < kernel.columns.count; from += ROWS_PER_SLICE) {
        const length = Math.min(ROWS_PER_SLICE, kernel.columns.count - from);
        details(Uint32Array.from({ length }, (_, i) => from + i));
        yield;
      }
      return undefined;
    },
    refreshRows: (rows) => {
      for (let i = 0; i < rows.length; i++) refreshRow(kernel, rows[i]!);
      details(rows);
    },
    closedBy: (rung) => closedBy(kernel, open.strings.count, rung),
    ladder: (market, step, rungs) => ladderOf(kernel, board.worth.slice(), market, step, rungs),
  };
}
