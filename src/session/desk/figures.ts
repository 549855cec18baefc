/** The figures of an open book, brought up to date where and when they are wanted: see `FigureSource`. */
import { ALL_DETAILS, type DetailMoves, type DetailWish, detailMoves, refreshDetails } from './details.ts';
import { InitialMargins } from './initial-margin.ts';
import { closedBy, ladderOf } from './ladder-job.ts';
import type { OpenDesk } from './opened.ts';
import { refreshColumns, refreshRow } from './refresh.ts';
import type { FigureSource } from './window.ts';

/** Rows of one slice of details. */
const ROWS_PER_SLICE = 4_096;

/** Figures of `open`, computed by the kernel and the exact engine. */
export function figuresOf(open: OpenDesk): FigureSource {
  const { kernel, board } = open;
  const initial = new InitialMargins(kernel);
  let known: { readonly tickCount: number; readonly slotCount: number; readonly moves: DetailMoves } | undefined;
  /** Those of the present prices. */
  const moves = (): DetailMoves => {
    const { tickCount, ladders } = kernel;
    if (known?.tickCount !== tickCount || known.slotCount !== ladders.slotCount)
      known = { tickCount, slotCount: ladders.slotCount, moves: detailMoves(kernel) };
    return known.moves;
  };
  return {
    refreshAll: () => refreshColumns(kernel),
    *refreshDetails(columns) {
      const wish: DetailWish = { shock: columns.has('shock'), nearest: columns.has('nearest'), biggest: columns.has('biggest') };
      const isSweeping = wish.shock || wish.nearest || wish.biggest;
      for (let from = 0; from < kernel.columns.count; from += ROWS_PER_SLICE) {
        const length = Math.min(ROWS_PER_SLICE, kernel.columns.count - from);
        const rows = Uint32Array.from({ length }, (_, i) => from + i);
        if (isSweeping) refreshDetails(kernel, board.worth, rows, wish, moves());
        if (columns.has('initialMargin')) initial.refresh(rows);
        yield;
      }
      return undefined;
    },
    refreshRows: (rows) => {
      for (let i = 0; i < rows.length; i++) refreshRow(kernel, rows[i]!);
      refreshDetails(kernel, board.worth, rows, ALL_DETAILS, moves());
      initial.refresh(rows);
    },
    closedBy: (rung) => closedBy(kernel, open.strings.count, rung),
    ladder: (market, step, rungs) => ladderOf(kernel, board.worth.slice(), market, step, rungs),
  };
}
