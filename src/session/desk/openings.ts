/** The ways onto the desk: the margin page's book, generated accounts, a file. Each a job that tells how far it has come. Rules DM-3, DM-4. */
import type { Book } from '../../domain/book.ts';
import type { Decimal } from '../../domain/units.ts';
import { nothingSkipped } from './coverage.ts';
import type { Opening, StagedJob } from './desk.ts';
import { type FlatBook, flatten } from './flat-book.ts';
import { flatOf } from './flat-of-columns.ts';
import { slices } from './names.ts';
import { type DeskMemory, openFlat } from './opened.ts';
import { populationSteps } from './population.ts';
import { type ByteSource, readFile } from './read-file.ts';

/** What every opening is given. */
export interface OpeningContext {
  /** Numbers the book. */
  readonly sequence: number;
  readonly memory: DeskMemory;
}

/** Share of the work that reading a file is; the rest is building. */
const READING_SHARE = 0.7;

function* build(flat: FlatBook, name: string, { sequence, memory }: OpeningContext, from: number): StagedJob<Opening['desk']> {
  yield { stage: 'building', done: flat.count, fraction: from };
  return yield* openFlat(flat, name, sequence, memory);
}

/** The accounts of a book that is held already. */
export function* openBook(book: Book, name: string, context: OpeningContext): StagedJob<Opening> {
  const desk = yield* build(flatten(book), name, context, 0);
  return { desk, skipped: nothingSkipped(book.accounts.length), rejects: [] };
}

/** What a population is generated from. */
export interface PopulationSpec {
  readonly accounts: number;
  readonly seed: number;
  readonly asOf: string;
  /** Marks by market, where a feed says better than the recording. */
  readonly markPrices: ReadonlyMap<string, Decimal>;
}

/** Generated accounts. */
export function* openPopulation(spec: PopulationSpec, context: OpeningContext): StagedJob<Opening> {
  yield { stage: 'reading', done: 0, fraction: 0 };
  const flat = yield* flatOf(yield* slices(populationSteps(spec)));
  const name = `${spec.accounts.toLocaleString('en-US')} generated accounts (seed ${spec.seed})`;
  const desk = yield* build(flat, name, context, READING_SHARE);
  return { desk, skipped: nothingSkipped(spec.accounts), rejects: [] };
}

/** A file of any of the formats; `nowIso` dates a response that carries no time. */
export function* openFile(source: ByteSource, name: string, nowIso: string, context: OpeningContext): StagedJob<Opening> {
  const { flat, skipped, rejects } = yield* readFile(source, nowIso, READING_SHARE);
  const desk = yield* build(flat, name, context, READING_SHARE);
  return { desk, skipped, rejects };
}
