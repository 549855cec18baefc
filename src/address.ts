/**
 * The command line `address`: accounts by their public addresses, each with the venue's own figures beside ours. Contract: docs/spec/addresses.md, AA-8. The only file of it
 * that touches the process.
 */
import { parseArgs } from 'node:util';
import type { Account } from './domain/book.ts';
import type { Fault } from './domain/fault.ts';
import { assessAccount } from './engine/assess.ts';
import { ACCOUNT_SOURCES } from './feeds/accounts/index.ts';
import { MORPHO_CHAINS, morphoAccounts } from './feeds/accounts/morpho-blue.ts';
import { PacedAsking } from './feeds/accounts/paced-asking.ts';
import { throughGateways } from './feeds/accounts/placed.ts';
import { type AccountReading, type AccountSource, AskError } from './feeds/accounts/source.ts';
import { createAsk } from './feeds/ask.ts';
import { assessmentLine, type RiskStates } from './formats/assessment-json.ts';
import { writeBook } from './formats/leverage-book.ts';
import { compareFigures } from './policy/disagreement.ts';
import { poolRiskState, riskState } from './policy/risk-state.ts';
import { endWithReader, faultsOf, Printer, refuse, report } from './terminal/command.ts';
import { venues } from './venues/registry.ts';
import type { Venue } from './venues/venue.ts';

const HELP = `Usage: npm run --silent address -- [OPTION…] VENUE ADDRESS…

Reads accounts by their public addresses and prints one JSON object an account and line: figures as \`assess\` prints them, and under
"theirs" what the venue itself says beside ours, with the reason where they differ; "notes" where something else is to be known. Nothing is asked but what anybody may ask, no key.

  VENUE               ${ACCOUNT_SOURCES.map(({ id }) => id).join(', ')}
  --book              print the accounts as a book (leverage-book/1) instead
  --gateway URL       ask this server in place of the venue's own
  --market ID         of Morpho only this market (32 bytes); may stand several times, and Morpho's list is not asked then
  --help              this text

Many addresses take their time: no more is asked than the venue allows in a minute (Hyperliquid some twenty addresses).

Exit status: 0; 2 when an address cannot be read, with one line {"error":{"pointer","message"}} a fault on standard error.
`;

interface Options {
  readonly source: AccountSource;
  readonly addresses: readonly string[];
  readonly gateway?: string;
  readonly asBook: boolean;
}

function readOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [name, ...addresses] = positionals;
  const source = ACCOUNT_SOURCES.find(({ id }) => id === name);
  if (!source)
    refuse(
      `${name === undefined ? 'no venue' : `no venue ${JSON.stringify(name)}`}: there are ${ACCOUNT_SOURCES.map(({ id }) => id).join(', ')}`,
    );
  if (addresses.length === 0) refuse('no address');
  for (const address of addresses) {
    const refusal = source.refusal(address);
    if (refusal !== undefined) refuse(`${JSON.stringify(address.slice(0, 80))}: ${refusal}`);
  }
  const chosen = chosenSource(source, values.market);
  if (values.gateway !== undefined && !/^https?:\/\//.test(values.gateway)) refuse('--gateway is an address such as http://127.0.0.1:8080');
  return { source: chosen, addresses, asBook: values.book ?? false, ...(values.gateway === undefined ? {} : { gateway: values.gateway }) };
}

/** Morpho's markets by their ids, where the user names them. */
function chosenSource(source: AccountSource, markets: readonly string[] | undefined): AccountSource {
  if (!markets) return source;
  const chain = MORPHO_CHAINS.find((one) => source.id === `morpho-blue:${one}`);
  if (!chain) return refuse('--market is for Morpho Blue');
  for (const market of markets)
    if (!/^0x[0-9a-fA-F]{64}$/.test(market)) refuse(`--market is 0x and 32 bytes, not ${JSON.stringify(market.slice(0, 80))}`);
  return morphoAccounts(chain, markets);
}

function parsed(args: readonly string[]) {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { book: boolean, gateway: string, market: { ...string, multiple: true }, help: boolean },
      allowPositionals: true,
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'not an option');
  }
}

/** One line an account: what `assess` prints, and what the venue says beside it. */
function lineOf(account: Account, { book, theirs, notes }: AccountReading): string {
  const rules = (venues[account.venue] as Venue).rules;
  const assessment = assessAccount(account, book, rules);
  const states: RiskStates = { account: riskState(assessment), pools: assessment.pools.map((pool) => poolRiskState(pool)) };
  const own = assessmentLine(assessment, states, book);
  const said = theirs.find((figures) => figures.account === account.id);
  const beside = {
    ...(said ? { theirs: compareFigures(assessment, account, said) } : {}),
    ...(notes && notes.length > 0 ? { notes } : {}),
  };
  return Object.keys(beside).length === 0 ? `${own}\n` : `${own.slice(0, -1)},${JSON.stringify(beside).slice(1)}\n`;
}

/** A venue's refusal is a fault of the input like any other. */
const faultsOfAsking = (error: unknown): readonly Fault[] =>
  error instanceof AskError ? [{ pointer: '', message: error.message }] : faultsOf(error);

/** The server for everything that the source asks. */
const gatewaysOf = ({ id, hosts }: AccountSource, gateway: string): Record<string, string> =>
  Object.fromEntries([...hosts, `chain:${id.split(':')[1] ?? ''}`].map((key) => [key, gateway]));

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return void process.stdout.write(HELP);
  const { source, gateway } = options;
  const ask = createAsk({
    fetch,
    fail: (message, status) => new AskError(message, status),
    ...(gateway === undefined ? {} : { place: throughGateways(gatewaysOf(source, gateway)) }),
  });
  const paced = new PacedAsking(source.pace, ask);
  paced.advance(Date.now());
  const beat = setInterval(() => paced.advance(Date.now()), 100);
  try {
    await printAll(options, paced);
  } finally {
    clearInterval(beat);
  }
}

async function printAll({ source, addresses, asBook }: Options, paced: PacedAsking): Promise<void> {
  const printer = new Printer();
  for (const [i, address] of addresses.entries()) {
    try {
      const reading = await source.read(address, paced.of(i), Date.now());
      if (asBook) await printer.print(`${writeBook(reading.book)}\n`);
      else for (const account of reading.book.accounts) await printer.print(lineOf(account, reading));
    } catch (error) {
      report(faultsOfAsking(error), address);
    }
  }
  await printer.flush();
}

endWithReader();
await main().catch((error: unknown) => report(faultsOf(error)));
