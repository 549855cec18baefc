/**
 * The command line `convert`: a book from one form to another, exact. Rules FF-15 to FF-18 of docs/spec/flat-format.md. The only file of it
 * that touches the process: arguments, files, streams, exit status.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs, TextDecoder } from 'node:util';
import { type BookColumns, bookOf } from './domain/book-columns.ts';
import { columnsOf } from './domain/book-columns-builder.ts';
import type { Fault } from './domain/fault.ts';
import { CsvReader, csvPieces } from './formats/csv.ts';
import type { FlatReading } from './formats/flat/reader.ts';
import type { NumberForm } from './formats/flat/rows.ts';
import { fitsJson, readBook, readBookLenient, writeBook } from './formats/leverage-book.ts';
import { footerStart, ParquetReader, parquetPieces, readParquetColumns, TAIL_BYTES } from './formats/parquet.ts';
import { bytesOf, endWithReader, faultsOf, pathOf, readJsonText, refuse, refuseFile, report } from './terminal/command.ts';

const HELP = `Usage: npm run --silent convert -- [OPTION…] IN OUT

Reads a book from IN and writes it to OUT, as JSON (leverage-book/1), flat CSV or flat Parquet by the endings .json, .csv and .parquet.
Every number keeps all its digits. - is standard input or output.

  --from json|csv|parquet  what IN is, whatever its name
  --to json|csv|parquet    what OUT shall be
  --numbers text|double    how Parquet holds the numbers of balances and positions: text (default) holds any, double is smaller and
                           faster to read, and refused where a number has more digits
  --keep-going             write the accounts that can be read, and report the faults of the others
  --help                   this text

Exit status: 0; 2 when anything could not be read or written, with one line {"error":{"pointer","message"}} a fault on standard
error. Without --keep-going nothing is written then.
`;

const FORMS = ['json', 'csv', 'parquet'] as const;
type Form = (typeof FORMS)[number];

interface Options {
  readonly input: string;
  readonly output: string;
  readonly from: Form;
  readonly to: Form;
  readonly numbers: NumberForm;
  readonly keepGoing: boolean;
}

/** The options, or undefined when only help is wanted. Throws `InputError`. */
function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseStrictly(args);
  if (values.help) return undefined;
  const [input, output, ...rest] = positionals;
  if (input === undefined || output === undefined || rest.length > 0) return refuse('name two files, IN and OUT (--help says more)');
  const { numbers = 'text' } = values;
  if (numbers !== 'text' && numbers !== 'double') return refuse(`--numbers is text or double, not ${JSON.stringify(numbers)}`);
  const to = formOf(output, values.to, '--to');
  if (numbers === 'double' && to !== 'parquet') refuse('--numbers double goes with Parquet: JSON and CSV hold text');
  return { input, output, from: formOf(input, values.from, '--from'), to, numbers, keepGoing: values['keep-going'] ?? false };
}

function parseStrictly(args: readonly string[]) {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { from: string, to: string, numbers: string, 'keep-going': boolean, help: { ...boolean, short: 'h' } },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'unreadable options');
  }
}

function formOf(file: string, stated: string | undefined, option: string): Form {
  const word = stated ?? /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase();
  const form = FORMS.find((name) => name === word);
  if (form) return form;
  if (stated !== undefined) return refuse(`${option} is ${FORMS.join(', ')}, not ${JSON.stringify(stated)}`);
  return refuse(`cannot tell what ${file} is by its ending: name it .json, .csv or .parquet, or say ${option}`);
}

/** A book, and what could not be read of its file. */
interface Read {
  readonly columns: BookColumns;
  readonly faults: readonly Fault[];
  readonly faultCount: number;
}

const SCRIPT = 'convert';

function readInput(options: Options): Promise<Read> {
  if (options.from === 'json') return readJson(options);
  return options.from === 'csv' ? readCsv(options) : readParquet(options);
}

async function readJson({ input, keepGoing }: Options): Promise<Read> {
  const text = await readJsonText(input, SCRIPT);
  const { book, faults } = keepGoing ? readBookLenient(text) : { book: readBook(text), faults: [] };
  return { columns: columnsOf(book), faults, faultCount: faults.length };
}

async function readCsv({ input, keepGoing }: Options): Promise<Read> {
  const reader = new CsvReader({ isLenient: keepGoing });
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const piece of bytesOf(input, SCRIPT)) reader.push(decoded(decoder, piece));
  reader.push(decoded(decoder));
  return reader.finish();
}

/** The text of the next bytes; without bytes, what is left at the end. Throws `InputError`. */
function decoded(decoder: TextDecoder, piece?: Buffer): string {
  try {
    return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
  } catch {
    return refuse('the text is not UTF-8');
  }
}

async function readParquet({ input, keepGoing }: Options): Promise<FlatReading> {
  const options = { isLenient: keepGoing };
  if (input === '-') {
    const pieces: Buffer[] = [];
    for await (const piece of bytesOf(input, SCRIPT)) pieces.push(piece);
    return readParquetColumns(Buffer.concat(pieces), options);
  }
  const file = await open(pathOf(input, SCRIPT)).catch((error: unknown) => refuseFile(error, input, 'read'));
  try {
    const { size } = await file.stat();
    const start = footerStart(await partOf(file, Math.max(0, size - TAIL_BYTES), size), size);
    const reader = new ParquetReader(await partOf(file, start, size), size, options);
    for (const { from, to } of reader.groups) reader.readGroup(await partOf(file, from, to));
    return reader.finish();
  } catch (error) {
    return refuseFile(error, input, 'read');
  } finally {
    await file.close();
  }
}

async function partOf(file: FileHandle, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
  return bytes.subarray(0, bytesRead);
}

/** What is written, piece by piece. Throws `InputError`. */
function* piecesOf(columns: BookColumns, { to, numbers }: Options): Generator<string | Uint8Array> {
  if (to === 'csv') yield* csvPieces(columns);
  else if (to === 'parquet') yield* parquetPieces(columns, { numbers });
  else yield jsonOf(columns);
}

/** JSON that would be too large to be read again is not written. */
function jsonOf(columns: BookColumns): string {
  const { accounts, balances, positions } = columns;
  if (!fitsJson(accounts.count, balances.count, positions.count))
    refuse(`a book of ${accounts.count} accounts is too large for JSON: keep it as CSV or Parquet`);
  return writeBook(bookOf(columns));
}

async function print(pieces: Iterable<string | Uint8Array>): Promise<void> {
  for (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}

/** The output appears whole or not at all. */
async function writeFile(pieces: Iterable<string | Uint8Array>, output: string): Promise<void> {
  const path = pathOf(output, SCRIPT);
  const draft = `${path}.${process.pid}.part`;
  try {
    await pipeline(Readable.from(pieces), createWriteStream(draft, { flags: 'wx' }));
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    refuseFile(error, output, 'write');
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return void process.stdout.write(HELP);
  const { columns, faults, faultCount } = await readInput(options);
  report(faults);
  if (faultCount > faults.length) report([{ pointer: '', message: `${faultCount - faults.length} more faults are not listed` }]);
  const pieces = piecesOf(columns, options);
  if (options.output === '-') {
    await print(pieces);
    return;
  }
  await writeFile(pieces, options.output);
  const { accounts, balances, positions } = columns;
  const counts = { accounts: accounts.count, balances: balances.count, positions: positions.count };
  process.stdout.write(`${JSON.stringify({ from: options.from, to: options.to, ...counts })}\n`);
}

endWithReader();
await main().catch((error: unknown) => report(faultsOf(error)));
