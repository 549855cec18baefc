/** How a damaged Parquet file is refused. */
import { InputError } from '../../domain/fault.ts';

/** Throws `InputError`; `place` is the part of the file in words, `pointer` the column where one is known. */
export function refuse(message: string, pointer = ''): never {
  throw new InputError([{ pointer, message: `not a readable Parquet file: ${message}` }]);
}
