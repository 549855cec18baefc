import { InputError } from '../../domain/fault.ts';

/** What was wrong with a frame, in one sentence with its place. */
export function faultsOf(error: unknown): string {
  if (error instanceof InputError) {
    const [first] = error.faults;
    if (first) return `${first.pointer === '' ? 'the frame' : first.pointer}: ${first.message}`;
  }
  return error instanceof Error ? error.message : 'not a frame';
}
