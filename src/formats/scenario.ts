/**
 * `plimsoll-scenario/1`, in and out: as JSON and as the text of a link. Rules SC-8…SC-10 of docs/spec/scenario.md. It says what prices do, never
 * whose: no account, no position, no balance has a place in it.
 */
import * as v from 'valibot';
import { type Fault, InputError, pointerSegment } from '../domain/fault.ts';
import { Decimal, ONE, ZERO } from '../domain/units.ts';
import type { Scenario } from '../engine/stress/scenario.ts';
import { readJson } from '../wire/json.ts';
import { check, decimal, fields, isRecord, positiveDecimal, readDecimal } from '../wire/schema.ts';

export const SCENARIO_FORMAT = 'plimsoll-scenario/1';
/** SC-8: names in each list at most, and characters of a name. */
const ENTRIES_MAX = 500;
const NAME_MAX = 80;
/** SC-8: a hundredfold rise, a hundredfold σ and a beta of a hundred are typing errors beyond. */
const MOVE_MAX = new Decimal(100);
/** SC-10: characters of a link's text at most. */
export const LINK_MAX = 8000;
const LINK_VERSION = '1';
/** Names that objects have of their own. */
const RESERVED = ['__proto__', 'prototype', 'constructor'];

const name = () =>
  v.pipe(
    v.string('expected a string'),
    v.check((text) => text.trim() !== '' && text.length <= NAME_MAX, `expected a name of 1 to ${NAME_MAX} characters`),
    v.check(isWellFormed, 'not well-formed text'),
  );

function isWellFormed(text: string): boolean {
  try {
    encodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const within = (least: Decimal, most: Decimal) =>
  v.pipe(
    decimal(),
    v.check((value) => value.gte(least) && value.lte(most), `must lie between ${least.toFixed()} and ${most.toFixed()}`),
  );
const FALL_MAX = ONE.negated();
const move = () => within(FALL_MAX, MOVE_MAX);
const byName = (value: () => v.GenericSchema<unknown, Decimal>) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isRecord, 'expected an object'),
    v.check((record) => Object.keys(record).length <= ENTRIES_MAX, `at most ${ENTRIES_MAX} names`),
    v.check((record) => !RESERVED.some((key) => Object.hasOwn(record, key)), `a market cannot be called ${RESERVED.join(', ')}`),
    v.record(name(), value()),
    v.transform((record): ReadonlyMap<string, Decimal> => new Map(Object.entries(record))),
  );

const schema = fields({
  format: v.literal(SCENARIO_FORMAT, `expected "${SCENARIO_FORMAT}"`),
  name: v.exactOptional(
    v.pipe(
      v.string('expected a string'),
      v.check((text) => text.length <= NAME_MAX && isWellFormed(text), `at most ${NAME_MAX} characters`),
    ),
  ),
  all: v.exactOptional(move()),
  betas: v.exactOptional(byName(() => within(MOVE_MAX.negated(), MOVE_MAX))),
  moves: v.exactOptional(byName(move)),
  pegs: v.exactOptional(
    v.pipe(
      v.array(fields({ asset: name(), venue: v.nullable(name()), move: move() }), 'expected an array'),
      v.check((pegs) => pegs.length <= ENTRIES_MAX, `at most ${ENTRIES_MAX} pegs`),
    ),
  ),
  funding: v.exactOptional(within(FALL_MAX, ONE)),
  volatility: v.exactOptional(
    v.pipe(
      positiveDecimal(),
      v.check((value) => value.lte(MOVE_MAX), `must not be above ${MOVE_MAX.toFixed()}`),
    ),
  ),
});

/** SC-8: the scenario that JSON text states. Throws `InputError` with a pointer for every fault. */
export const readScenario = (text: string): Scenario => scenarioOf(readJson(text));

/** The same of a parsed value. */
export function scenarioOf(input: unknown): Scenario {
  const read = check(schema, input);
  const scenario: Scenario = {
    name: read.name ?? '',
    all: read.all ?? ZERO,
    betas: read.betas ?? new Map(),
    moves: read.moves ?? new Map(),
    pegs: read.pegs ?? [],
    funding: read.funding ?? ZERO,
    volatility: read.volatility ?? ONE,
  };
  const faults = scenarioFaults(scenario);
  if (faults.length > 0) throw new InputError(faults);
  return scenario;
}

/** SC-9: no beta takes a price below zero, no peg is named twice. */
function scenarioFaults({ all, betas, pegs }: Scenario): Fault[] {
  const faults: Fault[] = [];
  for (const [market, beta] of betas)
    if (beta.times(all).lt(FALL_MAX))
      faults.push({ pointer: `/betas${pointerSegment(market)}`, message: `takes the price below zero when all move by ${all.toFixed()}` });
  const seen = new Set<string>();
  pegs.forEach(({ asset, venue }, i) => {
    const key = JSON.stringify([asset, venue]);
    if (seen.has(key)) faults.push({ pointer: `/pegs/${i}`, message: `${asset} is pegged twice at the same venue` });
    seen.add(key);
  });
  return faults;
}

const sorted = (map: ReadonlyMap<string, Decimal>): [string, string][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, value]) => [key, value.toFixed()]);

/** The scenario as JSON text, two spaces deep; names in order, what says nothing left out. `readScenario` reads the same back. */
export function writeScenario({ name: title, all, betas, moves, pegs, funding, volatility }: Scenario): string {
  const document = {
    format: SCENARIO_FORMAT,
    ...(title === '' ? {} : { name: title }),
    ...(all.isZero() ? {} : { all: all.toFixed() }),
    ...(betas.size === 0 ? {} : { betas: Object.fromEntries(sorted(betas)) }),
    ...(moves.size === 0 ? {} : { moves: Object.fromEntries(sorted(moves)) }),
    ...(pegs.length === 0 ? {} : { pegs: pegs.map((peg) => ({ asset: peg.asset, venue: peg.venue, move: peg.move.toFixed() })) }),
    ...(funding.isZero() ? {} : { funding: funding.toFixed() }),
    ...(volatility.eq(ONE) ? {} : { volatility: volatility.toFixed() }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Every character that separates is escaped. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[~.!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * SC-10: the text of a link: `1~a.-0.1~b.ETH=1.2~m.BTC=-0.168~p.USDE@venue=-0.35~f.0.0001~v.2~n.name`; every character may stand in a URL.
 * Throws `InputError` where it would be longer than `LINK_MAX`.
 */
export function scenarioLink({ name: title, all, betas, moves, pegs, funding, volatility }: Scenario): string {
  const text = [
    LINK_VERSION,
    ...(all.isZero() ? [] : [`a.${all.toFixed()}`]),
    ...sorted(betas).map(([key, value]) => `b.${escaped(key)}=${value}`),
    ...sorted(moves).map(([key, value]) => `m.${escaped(key)}=${value}`),
    ...pegs.map(({ asset, venue, move: by }) => `p.${escaped(asset)}${venue === null ? '' : `@${escaped(venue)}`}=${by.toFixed()}`),
    ...(funding.isZero() ? [] : [`f.${funding.toFixed()}`]),
    ...(volatility.eq(ONE) ? [] : [`v.${volatility.toFixed()}`]),
    ...(title === '' ? [] : [`n.${escaped(title)}`]),
  ].join('~');
  if (text.length > LINK_MAX)
    throw new InputError([{ pointer: '', message: `too long for a link: ${text.length} of ${LINK_MAX} characters` }]);
  return text;
}

/** SC-10: the scenario of a link's text, checked as JSON is. Pointers name the part by its place. Throws `InputError`. */
export function readScenarioLink(text: string): Scenario {
  if (text.length > LINK_MAX) throw new InputError([{ pointer: '', message: `longer than ${LINK_MAX} characters` }]);
  const [version, ...parts] = text.split('~');
  if (version !== LINK_VERSION) throw new InputError([{ pointer: '/0', message: 'a link of a version that is not known' }]);
  const document: Record<string, unknown> = { format: SCENARIO_FORMAT };
  const maps = { b: new Map<string, string>(), m: new Map<string, string>() };
  const pegs: { asset: string; venue: string | null; move: string }[] = [];
  const single = { a: 'all', f: 'funding', v: 'volatility', n: 'name' } as const;
  const faults: Fault[] = [];
  parts.forEach((part, i) => {
    const fault = (message: string): void => void faults.push({ pointer: `/${i + 1}`, message });
    const kind = part.slice(0, 2);
    const rest = part.slice(2);
    if (kind === 'b.' || kind === 'm.') {
      const [key, value] = pairOf(rest);
      const map = maps[kind[0] as 'b' | 'm'];
      if (key === undefined || value === undefined) fault('expected name=number');
      else if (map.has(key)) fault('named twice');
      else map.set(key, value);
    } else if (kind === 'p.') {
      const peg = pegOf(rest);
      if (peg) pegs.push(peg);
      else fault('expected asset@venue=number');
    } else if (kind === 'a.' || kind === 'f.' || kind === 'v.' || kind === 'n.') {
      const field = single[kind[0] as keyof typeof single];
      const value = field === 'name' ? unescaped(rest) : rest;
      if (value === undefined || field in document) fault(value === undefined ? 'not readable' : 'said twice');
      else document[field] = value;
    } else fault('not known');
  });
  if (faults.length > 0) throw new InputError(faults);
  if (maps.b.size > 0) document.betas = recordOf(maps.b);
  if (maps.m.size > 0) document.moves = recordOf(maps.m);
  if (pegs.length > 0) document.pegs = pegs;
  return scenarioOf(document);
}

/** `fromEntries` makes even `__proto__` a plain name, to be refused as such. */
const recordOf = (map: ReadonlyMap<string, string>): Record<string, string> => Object.fromEntries(map);

function pairOf(text: string): [string | undefined, string | undefined] {
  const at = text.indexOf('=');
  if (at < 0) return [undefined, undefined];
  const value = text.slice(at + 1);
  return [unescaped(text.slice(0, at)), typeof readDecimal(value) === 'string' ? undefined : value];
}

function pegOf(text: string): { asset: string; venue: string | null; move: string } | undefined {
  const equals = text.indexOf('=');
  const at = text.indexOf('@');
  if (equals < 0) return undefined;
  const asset = unescaped(text.slice(0, at < 0 || at > equals ? equals : at));
  const venue = at < 0 || at > equals ? null : unescaped(text.slice(at + 1, equals));
  return asset === undefined || venue === undefined ? undefined : { asset, venue, move: text.slice(equals + 1) };
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
