/** Open desks for tests. */
import type { Book } from '../../../domain/book.ts';
import { flatten } from '../flat-book.ts';
import type { Job } from '../names.ts';
import { type DeskMemory, type OpenDesk, openFlat, worthOf } from '../opened.ts';

export const OWN: DeskMemory = { isShared: false, allocate: (bytes) => new ArrayBuffer(bytes) };
export const SHARED: DeskMemory = { isShared: true, allocate: (bytes) => new SharedArrayBuffer(bytes) };

/** Runs a job to its end. */
export function drain<T>(job: Job<T>): T {
  for (let step = job.next(); ; step = job.next()) if (step.done) return step.value;
}

/** The desk of a book at its own prices. */
export function openBookNow(book: Book, memory: DeskMemory = OWN): OpenDesk {
  const open = drain(openFlat(flatten(book), 'book', 1, memory));
  open.board.worth.set(worthOf(open.kernel.board));
  return open;
}
