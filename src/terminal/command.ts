/** What the command lines share: one line a fault, where a file lies, reading it. They touch the process and nothing else does. */
import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { type Fault, InputError } from '../domain/fault.ts';
import { TEXT_MAX, tooLong } from '../wire/json.ts';
import { createNestingScan } from '../wire/nesting.ts';

export function refuse(message: string, pointer = ''): never {
  throw new InputError([{ pointer, message }]);
}

/** The faults behind anything that was thrown: a defect of ours is reported in the same shape. */
export const faultsOf = (error: unknown): readonly Fault[] =>
  error instanceof InputError
    ? error.faults
    : [{ pointer: '', message: `internal error: ${error instanceof Error ? error.message : String(error)}` }];

/** One line `{"error":{"pointer","message"}}` a fault on standard error; any at all makes the exit status 2. */
export function report(faults: readonly Fault[], file?: string): void {
  if (faults.length > 0) process.exitCode = 2;
  for (const { pointer, message, ...rest } of faults) {
    const named = 'file' in rest ? { file: rest.file } : file === undefined ? {} : { file };
    process.stderr.write(`${JSON.stringify({ error: { pointer, message, ...named } })}\n`);
  }
}

/** A relative path stands below the directory the user was in, also when npm has gone to the project's own to run `script`. */
export const pathOf = (file: string, script: string): string =>
  resolve(process.env.npm_lifecycle_event === script ? (process.env.INIT_CWD ?? '.') : '.', file);

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  ENOTDIR: 'no such directory',
  ENOSPC: 'the disk is full',
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Passes `InputError` on; says of any other error that `file` cannot be read (or written), and why. */
export function refuseFile(error: unknown, file: string, verb: 'read' | 'write'): never {
  if (error instanceof InputError) throw error;
  return refuse(`cannot ${verb} ${file}: ${FILE_ERRORS[codeOf(error)] ?? String(error)}`);
}

/** The bytes of a file, or of standard input (`-`), as they come. Throws `InputError`. */
export async function* bytesOf(file: string, script: string): AsyncGenerator<Buffer> {
  try {
    const stream: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(pathOf(file, script), { highWaterMark: 1 << 20 });
    for await (const piece of stream) yield piece;
  } catch (error) {
    refuseFile(error, file, 'read');
  }
}

/** A JSON text, read in pieces so that a hopeless input is given up early. Throws `InputError`. */
export async function readJsonText(file: string, script: string): Promise<string> {
  const scan = createNestingScan();
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of bytesOf(file, script)) {
    scan(piece);
    length += piece.length;
    if (length > TEXT_MAX) refuse(tooLong());
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  return isUtf8(bytes) ? bytes.toString('utf8') : refuse('the text is not UTF-8');
}

/** Standard output in pieces of about 64 kB, waiting while the reader is behind. */
export class Printer {
  private pending = '';

  async print(text: string): Promise<void> {
    this.pending += text;
    if (this.pending.length >= 1 << 16) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.pending;
    this.pending = '';
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}

/** A reader that has seen enough (`… | head`) closes the pipe: that is no error. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}
