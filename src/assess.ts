/**
 * The command line `assess`: books in, one line an account out. Contract and options: docs/spec/book-format.md, BF-19 to BF-27.
 * The only file of it that touches the process: arguments, files, streams, exit status.
 */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Account, Book } from './domain/book.ts';
import { type Fault, InputError } from './domain/fault.ts';
import { assessAccount } from './engine/assess.ts';
import { type ExplainRequest, explain } from './engine/explain/explain.ts';
import { assessmentLine, type RiskStates } from './formats/assessment-json.ts';
import { assessmentBlock } from './formats/assessment-table.ts';
import { isUtcInstant } from './formats/book-schema.ts';
import { bookFaults, type LenientReading, readBook, readBookLenient } from './formats/leverage-book.ts';
import { workingLine } from './formats/working-json.ts';
import { poolRiskState, riskState } from './policy/risk-state.ts';
import { endWithReader, faultsOf, Printer, pathOf, readJsonText, refuse, report } from './terminal/command.ts';
import { venues } from './venues/registry.ts';
import type { ParseContext, Venue } from './venues/venue.ts';
import { readJson } from './wire/json.ts';

const HELP = `Usage: npm run --silent assess -- [OPTION…] FILE…

Reads books (leverage-book/1; - is standard input) and prints one JSON object an account and line, in the order read.

  --venue NAME        FILE is NAME's own recorded response: ${Object.keys(venues).sort().join(', ')}
  --meta FILE         the venue's margin tables, as it serves them
  --as-of ISO         the time of a response that carries none, in UTC
  --account ID        only this account; with --venue, the id the response is given
  --format json|table one line an account (json), or a block for people (table)
  --explain FIGURE    print the working of one figure instead, such as equity or liquidationPrice
  --position N        with --explain: of the account's position N, counted from 0
  --pool ID           with --explain: of one pool, such as cross
  --keep-going        assess what can be read of a faulty input, and go on to the next
  --help              this text

Exit status: 0; 2 when an input or an option cannot be read, with one line {"error":{"pointer","message"}} a fault on
standard error. Figures are estimates from the venue's published rules, not advice.
`;

interface Options {
  readonly files: readonly string[];
  readonly venue?: { readonly name: string; readonly parse: NonNullable<Venue['parse']> };
  readonly meta?: string;
  readonly asOf?: string;
  readonly account?: string;
  readonly format: 'json' | 'table';
  readonly explain?: ExplainRequest;
  readonly keepGoing: boolean;
}

const SCRIPT = 'assess';

/** The options, or undefined when only help is wanted. Throws `InputError`. */
function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseStrictly(args);
  if (values.help) return undefined;
  const { venue: name, meta, account, format = 'json', position } = values;
  const asOf = values['as-of'];
  if (positionals.length === 0) refuse('no input: name a FILE, or - for standard input (--help says more)');
  if ([...positionals, meta].filter((file) => file === '-').length > 1) refuse('standard input (-) can be read only once');
  if (format !== 'json' && format !== 'table') refuse(`--format is json or table, not ${JSON.stringify(format)}`);
  if (name === undefined && meta !== undefined) refuse('--meta goes with --venue: a book carries its own tiers');
  if (name === undefined && asOf !== undefined) refuse('--as-of goes with --venue: a book carries its own time');
  if (asOf !== undefined && !isUtcInstant(asOf))
    refuse(`--as-of is a time in UTC such as "2026-02-05T18:34:00Z", not ${JSON.stringify(asOf)}`);
  if (values.explain === undefined && (position ?? values.pool) !== undefined) refuse('--position and --pool go with --explain');
  if (position !== undefined && !/^\d{1,9}$/.test(position)) refuse(`--position is a number from 0, not ${JSON.stringify(position)}`);
  const request = values.explain && {
    figure: values.explain,
    ...(values.pool === undefined ? {} : { pool: values.pool }),
    ...(position === undefined ? {} : { position: Number(position) }),
  };
  return {
    files: positionals,
    format: format as 'json' | 'table',
    keepGoing: values['keep-going'] ?? false,
    ...(name === undefined ? {} : { venue: { name, parse: parserOf(name) } }),
    ...(meta === undefined ? {} : { meta }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(account === undefined ? {} : { account }),
    ...(request ? { explain: request } : {}),
  };
}

function parseStrictly(args: readonly string[]) {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        venue: string,
        meta: string,
        'as-of': string,
        account: string,
        format: string,
        explain: string,
        position: string,
        pool: string,
        'keep-going': boolean,
        help: { ...boolean, short: 'h' },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'unreadable options');
  }
}

function parserOf(name: string): NonNullable<Venue['parse']> {
  const venue = Object.hasOwn(venues, name) ? venues[name] : undefined;
  if (!venue) return refuse(`unknown venue ${JSON.stringify(name)}; known are ${Object.keys(venues).sort().join(', ')}`);
  return venue.parse ?? refuse(`${venue.rules.name} has no response format that can be read: give a book`);
}

/** What the file holds: a book whole, what can be read of it, or a venue's response as a book of one account. */
async function readInput(file: string, options: Options, context: ParseContext): Promise<LenientReading> {
  const text = await readJsonText(file, SCRIPT);
  if (options.venue) return { book: plausible(parseResponse(readJson(text), file, options.venue.parse, context)), faults: [] };
  return options.keepGoing ? readBookLenient(text) : { book: readBook(text), faults: [] };
}

/**
 * The response as a book. One that carries no time of its own is dated by `--as-of`, else by its file's last change
 * (standard input: by now), and says so on standard error.
 */
function parseResponse(response: unknown, file: string, parse: NonNullable<Venue['parse']>, context: ParseContext): Book {
  if (context.asOf !== undefined) return parse(response, context);
  const dated = file === '-' ? new Date(Date.now()) : statSync(pathOf(file, SCRIPT)).mtime;
  const asOf = dated.toISOString();
  const book = parse(response, { ...context, asOf });
  if (book.asOf === asOf) process.stderr.write(`note: the response carries no time; dated ${asOf} by its file (--as-of sets it)\n`);
  return book;
}

/** A venue's book that also satisfies the rules of one that is read: nothing is computed on what no market has. */
function plausible(book: Book): Book {
  const faults = bookFaults(book);
  if (faults.length === 0) return book;
  throw new InputError(
    faults.map((fault) => ({ pointer: '', message: `the response gives a book that cannot be: ${fault.pointer} ${fault.message}` })),
  );
}

async function readContext(options: Options): Promise<ParseContext> {
  const { meta, asOf, account } = options;
  const tables =
    meta === undefined
      ? undefined
      : await readJsonText(meta, SCRIPT)
          .then(readJson)
          .catch((error) => rethrowWithFile(error, meta));
  return {
    ...(meta === undefined ? {} : { meta: tables }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(account === undefined ? {} : { accountId: account }),
  };
}

function rethrowWithFile(error: unknown, file: string): never {
  throw new InputError(faultsOf(error).map((fault) => ({ ...fault, file })));
}

/** What is printed of one account. Throws `InputError` for a figure that cannot be explained. */
function render(account: Account, book: Book, options: Options): string {
  const rules = (venues[account.venue] as Venue).rules;
  if (options.explain) {
    const working = explain(account, book, rules, options.explain);
    if (!working) return refuse(`account ${JSON.stringify(account.id)} has no such figure: ${JSON.stringify(options.explain)}`);
    return `${workingLine(account.id, working)}\n`;
  }
  const assessment = assessAccount(account, book, rules);
  const states: RiskStates = { account: riskState(assessment), pools: assessment.pools.map((pool) => poolRiskState(pool)) };
  return options.format === 'table'
    ? `${assessmentBlock(assessment, states)}\n`
    : `${assessmentLine(assessment, states, options.venue ? undefined : book)}\n`;
}

/** One account that fails must not hide the next. */
function attempt(
  run: () => string,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly faults: readonly Fault[] } {
  try {
    return { ok: true, text: run() };
  } catch (error) {
    return { ok: false, faults: faultsOf(error) };
  }
}

/** Prints the accounts of one file; how many were the ones asked for. Faults of the file, or of an account, are reported. */
async function assessFile(file: string, options: Options, context: ParseContext, printer: Printer): Promise<number> {
  const name = options.files.length > 1 ? file : undefined;
  let found = 0;
  try {
    const { book, faults } = await readInput(file, options, context);
    report(faults, name);
    for (const account of book.accounts) {
      if (!options.venue && options.account !== undefined && account.id !== options.account) continue;
      found++;
      const rendered = attempt(() => render(account, book, options));
      if (rendered.ok) await printer.print(rendered.text);
      else report(rendered.faults, name);
      if (!rendered.ok && !options.keepGoing) break;
    }
  } catch (error) {
    report(faultsOf(error), name);
  }
  return found;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return void process.stdout.write(HELP);
  const context = await readContext(options);
  const printer = new Printer();
  let found = 0;
  for (const file of options.files) {
    found += await assessFile(file, options, context, printer);
    if (process.exitCode === 2 && !options.keepGoing) break;
  }
  await printer.flush();
  if (found === 0 && options.account !== undefined && !process.exitCode)
    refuse(`no account ${JSON.stringify(options.account)}`, '/accounts');
}

endWithReader();
await main().catch((error: unknown) => report(faultsOf(error)));
