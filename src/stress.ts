/**
 * The command line `stress`: a shock played to its end, the gain of the loop, the shortest shock, without a page. Contract and rules:
 * docs/spec/stress-command.md, ST-1 to ST-10. The only file of it that touches the process.
 */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Book } from './domain/book.ts';
import { InputError } from './domain/fault.ts';
import type { Outcome } from './domain/outcome.ts';
import { Decimal } from './domain/units.ts';
import { runCascade } from './engine/cascade/cascade.ts';
import { feedbackOf } from './engine/cascade/feedback.ts';
import { COMMON_FUND } from './engine/cascade/run.ts';
import type { CascadeInput } from './engine/cascade/types.ts';
import { covarianceOf } from './engine/stress/covariance.ts';
import { shortestShock } from './engine/stress/shortest-shock.ts';
import type { ShortestShock } from './engine/stress/types.ts';
import { readBook } from './formats/leverage-book.ts';
import { cascadeJson, feedbackJson, shortestShockJson } from './formats/stress-result.ts';
import {
  below,
  type CascadeSpec,
  checkedUnits,
  readStressBook,
  readStressSpec,
  type ShortestShockSpec,
  type StressSpec,
  unknownMarkets,
} from './formats/stress-spec.ts';
import { endWithReader, faultsOf, Printer, pathOf, readJsonText, refuse, report } from './terminal/command.ts';
import { venues } from './venues/registry.ts';
import type { Venue } from './venues/venue.ts';
import { readJson } from './wire/json.ts';

const HELP = `Usage: npm run --silent stress -- SPEC.json

Reads one specification (- is standard input) and prints one JSON object with what it asks for:

  book           a book (leverage-book/1), or {"file": "book.json"}: beside SPEC.json, else where you are
  cascade        shock, depth, procedure, leftovers, insuranceFund, deleveraging
  feedback       step, depth
  shortestShock  sigma, correlation, space, account

  --help         this text

Exit status: 0; 2 when the input cannot be read, with one line {"error":{"pointer","message"}} a fault on standard error.
What a cascade does depends on the depth that is given: an assumption, not a measurement. Estimates, not advice.
`;

const SCRIPT = 'stress';

function readArguments(args: readonly string[]): string | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) return undefined;
    const [file, ...more] = positionals;
    if (file === undefined) return refuse('no input: name a SPEC.json, or - for standard input (--help says more)');
    return more.length > 0 ? refuse('one specification at a time') : file;
  } catch (error) {
    if (error instanceof InputError) throw error;
    return refuse(error instanceof Error ? error.message : 'unreadable options');
  }
}

/** ST-2: a book in a file stands beside the specification, else where the user is. */
async function bookOf(spec: StressSpec, specFile: string): Promise<Book> {
  if ('value' in spec.book) return readStressBook(spec.book.value);
  const { file } = spec.book;
  const beside = isAbsolute(file) || specFile === '-' ? file : join(dirname(pathOf(specFile, SCRIPT)), file);
  if (file === '-' && specFile === '-') refuse('standard input (-) can be read only once', '/book/file');
  try {
    return checkedUnits(readBook(await readJsonText(file !== '-' && existsSync(beside) ? beside : file, SCRIPT)));
  } catch (error) {
    throw new InputError(
      faultsOf(error).map(({ pointer, message }) => ({
        pointer: '/book/file',
        message: `${pointer === '' ? '' : `${pointer}: `}${message}`,
      })),
    );
  }
}

const venueOf = (id: string): Venue => venues[id] as Venue;

function cascadeInput(spec: CascadeSpec, book: Book): CascadeInput {
  const { insuranceFund, procedure, ...rest } = spec;
  return {
    ...rest,
    book,
    rulesOf: (venue) => venueOf(venue).rules,
    procedure: procedure === 'full' ? 'full' : (venue) => venueOf(venue).closure,
    ...(Decimal.isDecimal(insuranceFund)
      ? { funds: new Map([[COMMON_FUND, insuranceFund]]) }
      : { funds: insuranceFund, fundOf: (venue: string) => venue }),
  };
}

/** ST-8: of the account that is named, else of the nearest one. */
function shortestOf(
  { model, account: wanted }: ShortestShockSpec,
  book: Book,
): { account: string | undefined; found: Outcome<ShortestShock> } {
  const accounts = wanted === undefined ? book.accounts : book.accounts.filter(({ id }) => id === wanted);
  if (wanted !== undefined && accounts.length === 0) refuse(`no account ${JSON.stringify(wanted)}`, '/shortestShock/account');
  let nearest: { account: string | undefined; found: Outcome<ShortestShock> } = {
    account: undefined,
    found: { ok: false, reason: 'no-position' },
  };
  for (const account of accounts) {
    const found = shortestShock(account, book, venueOf(account.venue).rules, model);
    if (rankOf(found) < rankOf(nearest.found) || nearest.account === undefined) nearest = { account: account.id, found };
  }
  return nearest;
}

/** Past the line before near to it; what is not known before what is safe. */
function rankOf(found: Outcome<ShortestShock>): number {
  if (found.ok) return found.value.distance;
  if (found.reason === 'already') return -1;
  return found.reason === 'never' || found.reason === 'no-position' || found.reason === 'no-debt'
    ? Number.POSITIVE_INFINITY
    : Number.MAX_VALUE;
}

async function main(): Promise<void> {
  const file = readArguments(process.argv.slice(2));
  if (file === undefined) return void process.stdout.write(HELP);
  const spec = readStressSpec(readJson(await readJsonText(file, SCRIPT)));
  const model = spec.shortestShock?.model;
  if (model) below('/shortestShock', () => covarianceOf(model));
  const book = await bookOf(spec, file);
  for (const pointer of unknownMarkets(spec, book)) process.stderr.write(`note: ${pointer}: the book has no such market\n`);
  const result: Record<string, unknown> = {};
  if (spec.cascade) result.cascade = cascadeJson(runCascade(cascadeInput(spec.cascade, book)));
  if (spec.feedback) result.feedback = feedbackJson(feedbackOf({ book, rulesOf: (venue) => venueOf(venue).rules, ...spec.feedback }));
  if (spec.shortestShock) {
    const { account, found } = shortestOf(spec.shortestShock, book);
    result.shortestShock = shortestShockJson(account, found);
  }
  const printer = new Printer();
  await printer.print(`${JSON.stringify(result)}\n`);
  await printer.flush();
}

endWithReader();
await main().catch((error: unknown) => report(faultsOf(error)));
