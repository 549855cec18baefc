/**
 * One account in a scenario, exactly, beside the live one and never in it: changes of the account first, then prices, funding and tables.
 * Rules ST-33…ST-37.
 */
import type { Account, Book, Instrument } from '../../domain/book.ts';
import { refuse } from '../../domain/fault.ts';
import { type Decimal, ONE, ZERO } from '../../domain/units.ts';
import { type Attribution, attribute, type Driver, type Parts } from '../../engine/stress/attribution.ts';
import { applyScenario, type Scenario as EngineScenario, NO_SCENARIO, withTiers } from '../../engine/stress/scenario.ts';
import { readBook, writeBook } from '../../formats/leverage-book.ts';
import { venues } from '../../venues/registry.ts';
import { readDecimal } from '../../wire/schema.ts';
import { pricedBook } from '../prices.ts';
import { initialKeys, type Loaded, type SessionState } from '../state.ts';
import { accountView, type Running, runningAccount } from '../view.ts';
import { editedBy } from '../what-if.ts';
import { factorOf, readScenario, type Scenario } from './scenario.ts';
import type {
  ScenarioAttribution,
  ScenarioBeside,
  ScenarioCommand,
  ScenarioDriver,
  ScenarioFrame,
  ScenarioParts,
} from './scenario-messages.ts';

type AccountCommand = Extract<ScenarioCommand, { readonly kind: 'scenario-account' }>;
type AccountFrame = Extract<ScenarioFrame, { readonly kind: 'scenario-account' }>;

/** ST-33. Throws `InputError`. */
export function accountInScenario(command: AccountCommand, state: SessionState): AccountFrame {
  const loaded = state.loaded ?? refuse('', 'no book is loaded');
  const scenario = readScenario(command.scenario, {
    instrumentIndex: new Map([...loaded.book.instruments.keys()].map((id, i) => [id, i])),
  });
  const engine = engineScenario(scenario, loaded.book);
  const changed = transferred(editedBy(loaded, { moves: {}, all: '0', edits: command.edits }), command.transfers);
  const live = runningAccount(loaded, state);
  const notes: string[] = [];
  const edited = runningAccount(changed, state);
  const moved = command.venue === null || command.venue === live.account.venue ? edited : movedTo(edited, command.venue, state, notes);
  const inScenario = (running: Running): Running => {
    const { bookOf, accountOf } = applyScenario(withTiers(running.priced.book, scenario.tiers), engine);
    const { venue } = running.account;
    return { ...running, account: accountOf(running.account), priced: { ...running.priced, book: bookOf(venue) } };
  };
  const others = [...new Set(command.transfers.flatMap(({ to }) => to ?? []))].map((id): ScenarioBeside => {
    const of = (from: Loaded): Running => runningAccount({ ...from, selected: id }, state);
    return { before: accountView(of(loaded), state), after: accountView(inScenario(of(changed)), state) };
  });
  return {
    kind: 'scenario-account',
    requestId: command.requestId,
    before: accountView(live, state),
    after: accountView(inScenario(moved), state),
    others,
    attribution: attributionOf(live, moved, engine, scenario.tiers),
    notes,
  };
}

/** ST-33: the same prices as over the desk, whose moves and beta × all are held (ST-1): a beta that is held becomes the market's own move. */
function engineScenario(scenario: Scenario, book: Book): EngineScenario {
  const { all, moves, pegs, funding } = scenario;
  const betas = new Map(scenario.betas);
  const own = new Map(moves);
  const markets = new Set([...book.assets.keys(), ...[...book.instruments.values()].map(({ base }) => base)]);
  for (const [market, beta] of scenario.betas) {
    if (!markets.has(market)) continue;
    const factor = factorOf(scenario, market);
    if (factor.eq(ONE.plus(all.times(beta)).times(ONE.plus(moves.get(market) ?? ZERO)))) continue;
    betas.set(market, ZERO);
    own.set(market, factor.minus(ONE));
  }
  return { ...NO_SCENARIO, all, betas, moves: own, pegs, funding };
}

/** ST-35: collateral from the selected account to others of the book, or in and out of it. */
function transferred(loaded: Loaded, transfers: AccountCommand['transfers']): Loaded {
  let { accounts } = loaded.book;
  for (const [i, { asset, amount: text, to }] of transfers.entries()) {
    const at = `/transfers/${i}`;
    const from = accounts.find(({ id }) => id === loaded.selected)!;
    const amount = readDecimal(text);
    if (typeof amount === 'string') return refuse(`${at}/amount`, amount);
    const target = to === null ? null : (accounts.find(({ id }) => id === to) ?? refuse(`${at}/to`, 'the book holds no such account'));
    if (target === from) return refuse(`${at}/to`, 'the account itself');
    const held = from.balances.find((balance) => balance.asset === asset)?.amount ?? ZERO;
    if (amount.isZero() || (amount.isNegative() && target)) return refuse(`${at}/amount`, 'must be above 0');
    if (amount.gt(0) && amount.gt(held)) return refuse(`${at}/amount`, `the account holds ${held.toFixed()} ${asset}`);
    accounts = accounts.map((account) => {
      if (account === from) return withBalance(account, asset, amount.negated());
      return account === target ? withBalance(account, asset, amount) : account;
    });
  }
  return transfers.length === 0 ? loaded : { ...loaded, book: { ...loaded.book, accounts } };
}

function withBalance(account: Account, asset: string, change: Account['balances'][number]['amount']): Account {
  const at = account.balances.findIndex((balance) => balance.asset === asset);
  const balances = [...account.balances];
  if (at < 0) balances.push({ asset, amount: change });
  else balances[at] = { ...balances[at]!, amount: balances[at]!.amount.plus(change) };
  return { ...account, balances };
}

/**
 * ST-36: the same positions and collateral by another venue's rules. Each instrument is the venue's own on that market where the book has
 * one, at its own mark; elsewhere it goes along with its mark, and without its margin table where the venue bundles one.
 */
function movedTo(running: Running, venue: string, state: SessionState, notes: string[]): Running {
  const target = Object.hasOwn(venues, venue) ? venues[venue]! : refuse('/venue', 'not a venue that is known');
  const { account, rules, unit } = running;
  if (target.rules.kind !== rules.kind) return refuse('/venue', `${target.rules.name} is of another kind than ${rules.name}`);
  const { book } = running.priced;
  const instruments = new Map(book.instruments);
  for (const id of new Set(account.positions.map(({ instrument }) => instrument))) {
    const own = book.instruments.get(id);
    if (own) instruments.set(id, atVenue(own, venue, notes));
  }
  const moved: Account = { ...account, venue };
  // Read as a file would be: what the venue does not have is refused with a pointer.
  const reread = readBook(writeBook({ ...book, instruments, accounts: [moved] }));
  const there = reread.accounts[0] ?? refuse('/venue', 'the account cannot be read there');
  const priced = pricedBook(reread, there, target.rules, state.prices);
  return { account: there, keys: initialKeys(there), rules: target.rules, unit, priced };
}

function atVenue(instrument: Instrument, venue: string, notes: string[]): Instrument {
  const { tiers, ...rest } = { ...instrument, venue };
  const rules = venues[venue]!.rules;
  if (rules.marginTable(rest)) return rest;
  if (tiers) notes.push(`${instrument.id} keeps its own margin table: none of ${rules.name} is at hand for it.`);
  return { ...rest, ...(tiers ? { tiers } : {}) };
}

const DRIVER_NAMES: {
  readonly [K in Driver['kind']]: (driver: Extract<Driver, { readonly kind: K }>) => Pick<ScenarioDriver, 'name' | 'venue'>;
} = {
  market: ({ market }) => ({ name: market, venue: '' }),
  peg: ({ asset, venue }) => ({ name: asset, venue: venue ?? '' }),
  funding: () => ({ name: '', venue: '' }),
  tiers: ({ instrument }) => ({ name: instrument, venue: '' }),
};
const driverName = <K extends Driver['kind']>(driver: Extract<Driver, { readonly kind: K }>): Pick<ScenarioDriver, 'name' | 'venue'> =>
  (DRIVER_NAMES[driver.kind as K] as (driver: Extract<Driver, { readonly kind: K }>) => Pick<ScenarioDriver, 'name' | 'venue'>)(driver);

const textsOf = ({ profit, collateral, haircut, requirement, tier, marginExcess }: Parts): ScenarioParts => ({
  profit: profit.toFixed(),
  collateral: collateral.toFixed(),
  haircut: haircut.toFixed(),
  requirement: requirement.toFixed(),
  tier: tier.toFixed(),
  marginExcess: marginExcess.toFixed(),
});

const less = (a: Parts, b: Parts): Parts => ({
  profit: a.profit.minus(b.profit),
  collateral: a.collateral.minus(b.collateral),
  haircut: a.haircut.minus(b.haircut),
  requirement: a.requirement.minus(b.requirement),
  tier: a.tier.minus(b.tier),
  marginExcess: a.marginExcess.minus(b.marginExcess),
});

/** ST-37: the changes of the account at live prices first, then those drivers of the scenario that moved anything (SC-5, SC-6). */
function attributionOf(live: Running, moved: Running, scenario: EngineScenario, tiers: Scenario['tiers']): ScenarioAttribution {
  const of = ({ account, priced, rules }: Running, by: EngineScenario, tables: Scenario['tiers']) =>
    attribute(account, priced.book, rules, by, tables);
  const [before, after] = [of(live, NO_SCENARIO, new Map()), of(moved, scenario, tiers)];
  if (!before.ok) return { reason: before.reason };
  if (!after.ok) return { reason: after.reason };
  const start: Attribution = before.value;
  const isChanged = moved.account !== live.account;
  const changes: ScenarioDriver[] = isChanged
    ? [{ driver: 'changes', name: '', venue: '', ...textsOf(less(after.value.before, start.before)) }]
    : [];
  const drivers = after.value.drivers
    .filter(({ parts }) => Object.values<Decimal>({ ...parts }).some((part) => !part.isZero()))
    .map(({ driver, parts }): ScenarioDriver => ({ driver: driver.kind, ...driverName(driver), ...textsOf(parts) }));
  return { reason: '', before: textsOf(start.before), after: textsOf(after.value.after), drivers: [...changes, ...drivers] };
}
