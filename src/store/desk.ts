/**
 * The desk's part of the state: what is open, what was asked, what is shown. Frames come in here, and nowhere else. Rows arrive as
 * columns or are read from shared memory; the page cannot tell which.
 */
import type { DeskFrame, DeskPanelsFrame, DeskRows, DeskShared, DeskWindow } from '../session/protocol.ts';
import { deskWithoutEngine } from './desk-state.ts';
import type { DeskPanels, DeskState, DeskWindowState } from './types.ts';

/** What the page reads shared rows through; undefined where they were being written. */
export interface DeskReader {
  readonly rows: (rowIds: ArrayLike<number>, clockMs: number) => DeskRows | undefined;
  readonly ranks: (slot: number, matched: number, from: number, count: number, clockMs: number) => DeskRows | undefined;
}

export type CreateDeskReader = (shared: DeskShared) => DeskReader;

/** Takes frames into the state and reads rows where memory is shared. */
export interface DeskIntake {
  /** The state with the frame in it; the same one where the frame is not for it. */
  readonly take: (desk: DeskState, frame: DeskFrame) => DeskState;
  /**
   * Rows at ranks [from, from + count) of the present order, now: of the last window, or of any rank where memory is shared. Null where
   * they are not here, or just being written; ask for the window, or again with the next frame.
   */
  readonly read: (desk: DeskState, from: number, count: number) => DeskRows | null;
}

export function createDeskIntake(createReader: CreateDeskReader): DeskIntake {
  let reader: DeskReader | null = null;

  const takeWindow = (desk: DeskState, frame: DeskWindow): DeskState => {
    if (!desk.book || frame.bookSequence !== desk.book.bookSequence) return desk;
    // Being written just now: the rows that stand are shown until the next window, a tenth of a second on.
    const rows = frame.rows ?? reader?.rows(frame.rowIds, frame.clockMs);
    return rows ? { ...desk, window: windowState(frame, rows) } : desk;
  };

  return {
    take: (desk, frame) => {
      switch (frame.kind) {
        case 'desk-book':
          reader = frame.book?.shared ? createReader(frame.book.shared) : null;
          return frame.book ? { ...desk, book: frame.book } : { ...deskWithoutEngine(desk), opened: null, source: null };
        case 'desk-status':
          return { ...desk, coverage: frame.coverage, progress: frame.progress };
        case 'desk-window':
          return takeWindow(desk, frame);
        case 'desk-alarms':
          return { ...desk, alarms: frame };
        case 'desk-panels':
          return desk.book?.bookSequence === frame.bookSequence ? { ...desk, panels: panelsState(desk.panels, frame) } : desk;
        default:
          return desk;
      }
    },
    read: ({ window }, from, count) => {
      if (!window) return null;
      const end = Math.min(from + count, window.matched);
      if (from >= window.from && end <= window.from + window.rows.count)
        return sliceRows(window.rows, from - window.from, end - window.from);
      if (!reader || window.orderSlot < 0) return null;
      return reader.ranks(window.orderSlot, window.orderLength, from, end - from, window.clockMs) ?? null;
    },
  };
}

function windowState(frame: DeskWindow, rows: DeskRows): DeskWindowState {
  const { bookSequence, sequence, clockMs, total, matched, from, watched, frozen, orderSlot, orderLength } = frame;
  return { bookSequence, sequence, clockMs, total, matched, from, rows, watched, frozen, orderSlot, orderLength };
}

/** Rows [from, to) of a window: views on its columns, nothing is copied but names. */
export function sliceRows(rows: DeskRows, from: number, to: number): DeskRows {
  if (from === 0 && to === rows.count) return rows;
  const cut = Object.entries(rows).map(([name, column]) => {
    if (typeof column === 'number') return [name, Math.max(0, to - from)];
    return [name, Array.isArray(column) ? column.slice(from, to) : (column as Float64Array).subarray(from, to)];
  });
  return Object.fromEntries(cut) as DeskRows;
}

/** A panel that a frame does not carry is as it was. Of another book nothing stays. */
function panelsState(before: DeskPanels | null, { kind: _kind, ...next }: DeskPanelsFrame): DeskPanels {
  return before?.bookSequence === next.bookSequence ? { ...before, ...next } : next;
}
