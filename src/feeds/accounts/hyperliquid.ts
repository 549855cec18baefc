/**
 * Hyperliquid: the venue's own dex and those of builders, with the account's mode; a vault with its children (rules AA-4, AA-5, AA-14, AA-27 of docs/spec/addresses.md). A reading is made of
 * parts; the venue's own frames replace single parts of it. Sources: docs "info endpoint", "websocket"; nktkas/hyperliquid@db80d598 src/api; recorded answers.
 */
import * as v from 'valibot';
import type { Book } from '../../domain/book.ts';
import { refuse } from '../../domain/fault.ts';
import { Decimal } from '../../domain/units.ts';
import { parseHyperliquid } from '../../venues/hyperliquid/parse.ts';
import { LosslessNumber } from '../../wire/json.ts';
import { check, decimal, isRecord } from '../../wire/schema.ts';
import { figure } from '../live/reading.ts';
import { hyperliquidPush } from './hyperliquid-push.ts';
import { factsOf } from './pieces.ts';
import { type AccountChange, type AccountReading, type AccountSource, type Ask, evmRefusal, type VenueFigures } from './source.ts';

const INFO = 'https://api.hyperliquid.xyz/info';
/** Builders' dexes asked at most; there are about ten. */
const DEXES_MAX = 40;
/** Children of a vault that are read at most; the liquidator's has about ten. */
const CHILDREN_MAX = 20;

const dexesSchema = v.array(v.nullable(v.looseObject({ name: v.string() })));
/** Another one would say that something else carries the positions: nothing is known of an account in it. */
const MODES = ['default', 'disabled', 'dexAbstraction', 'unifiedAccount', 'portfolioMargin'] as const;
const modeSchema = v.nullable(v.picklist(MODES, 'is an account mode that is not known here: what carries its positions cannot be said'));
const vaultSchema = v.nullable(
  v.looseObject({
    relationship: v.nullish(
      v.looseObject({
        type: v.string(),
        data: v.nullish(v.looseObject({ childAddresses: v.nullish(v.array(v.pipe(v.string(), v.regex(/^0x[0-9a-fA-F]{40}$/)))) })),
      }),
    ),
  }),
);
const figuresSchema = v.looseObject({
  crossMarginSummary: v.looseObject({ accountValue: figure() }),
  crossMaintenanceMarginUsed: figure(),
  withdrawable: v.optional(figure()),
  assetPositions: v.array(v.looseObject({ position: v.looseObject({ coin: v.string(), liquidationPx: v.nullish(figure()) }) })),
});
/** What a unified account's states of several dexes are added up from. */
const summedSchema = v.looseObject({
  assetPositions: v.array(v.unknown()),
  crossMarginSummary: v.looseObject({ accountValue: decimal(), totalNtlPos: decimal(), totalMarginUsed: decimal() }),
  crossMaintenanceMarginUsed: decimal(),
});
const collateralSchema = v.looseObject({ collateralToken: v.optional(figure(), '0') });

/** Everything that one account's figures are made of. */
interface Parts {
  readonly user: string;
  /** Builders' dexes in the venue's order; '' is its own. */
  readonly dexes: readonly string[];
  readonly mode: string | null;
  readonly spot: unknown;
  readonly states: ReadonlyMap<string, unknown>;
  /** `metaAndAssetCtxs` of the dexes on which anything stands. */
  readonly metas: ReadonlyMap<string, unknown>;
  readonly nowMs: number;
}

/** `[]` of positions and nothing of value: a dex on which the account does not stand. */
const isEmpty = (state: unknown): boolean =>
  isRecord(state) && Array.isArray(state.assetPositions) && state.assetPositions.length === 0 && Number(text(state, 'accountValue')) === 0;

const text = (state: Readonly<Record<string, unknown>>, name: string): string =>
  isRecord(state.crossMarginSummary) ? String(state.crossMarginSummary[name]) : '0';

const asked = (ask: Ask, weight: number, body: object, keepMs?: number): Promise<unknown> =>
  ask({ url: INFO, body: JSON.stringify(body), weight, ...(keepMs === undefined ? {} : { keepMs }) });

/** A market's tables and names change seldom; marks are taken from the account's own state (HL-9). */
const metaOf = (ask: Ask, dex: string): Promise<unknown> => asked(ask, 20, { type: 'metaAndAssetCtxs', dex }, 30_000);

async function readParts(user: string, ask: Ask, nowMs: number): Promise<Parts> {
  const listed = check(dexesSchema, await asked(ask, 20, { type: 'perpDexs' }, 600_000)).map((entry) => entry?.name ?? '');
  const dexes = [...new Set(['', ...listed])].slice(0, DEXES_MAX);
  const mode = check(modeSchema, (await asked(ask, 20, { type: 'userAbstraction', user })) ?? null, '/userAbstraction');
  const spot = await asked(ask, 2, { type: 'spotClearinghouseState', user });
  const states = new Map<string, unknown>();
  const metas = new Map<string, unknown>();
  for (const dex of dexes) {
    const state = await asked(ask, 2, { type: 'clearinghouseState', user, dex });
    states.set(dex, state);
    if (dex === '' || !isEmpty(state)) metas.set(dex, await metaOf(ask, dex));
  }
  return { user, dexes, mode, spot, states, metas, nowMs };
}

async function read(address: string, ask: Ask, nowMs: number): Promise<AccountReading> {
  const user = address.toLowerCase();
  const parts = await readParts(user, ask, nowMs);
  const vault = check(
    vaultSchema,
    (await asked(ask, 20, { type: 'vaultDetails', vaultAddress: user }, 3_600_000)) ?? null,
    '/vaultDetails',
  );
  const children = vault?.relationship?.data?.childAddresses ?? [];
  const own = readingOf(parts);
  if (children.length === 0) return own;
  const readings = [own];
  for (const child of children.slice(0, CHILDREN_MAX)) readings.push(readingOf(await readParts(child.toLowerCase(), ask, nowMs)));
  // Children are not told by frames: the parent's frames alone would make half a picture.
  return {
    book: joined(readings.map(({ book }) => book)),
    theirs: readings.flatMap(({ theirs }) => theirs),
    notes: [`A vault: its positions are held by ${children.length} children.`, ...readings.flatMap(({ notes }) => notes ?? [])],
  };
}

/** The accounts that the parts make, and how a frame changes them. Throws `InputError`. */
function readingOf(parts: Parts): AccountReading {
  refusePortfolio(parts);
  const groups = parts.mode === 'unifiedAccount' ? unifiedGroups(parts) : separateGroups(parts);
  const books = groups.map(({ id, state, meta }) => bookOf(parts, id, state, meta));
  return {
    book: joined(books),
    theirs: groups.map(({ id, state }) => figuresOf(state, id, parts)),
    notes: parts.mode === 'unifiedAccount' ? ['Unified: the spot balance carries every dex that settles in it.'] : [],
    after: (change) => after(parts, change),
  };
}

interface Group {
  readonly id: string;
  readonly state: unknown;
  readonly meta: unknown;
}

/** One account a dex on which anything stands. */
const separateGroups = ({ user, dexes, states, metas }: Parts): Group[] =>
  dexes.flatMap((dex) =>
    metas.has(dex) ? [{ id: dex === '' ? user : `${user}@${dex}`, state: states.get(dex), meta: metas.get(dex) }] : [],
  );

/** A unified account has one pool for each collateral: all dexes that settle in it together (HL-15). */
function unifiedGroups(parts: Parts): Group[] {
  const byToken = new Map<string, string[]>();
  for (const dex of parts.dexes) {
    const meta = parts.metas.get(dex);
    if (!meta) continue;
    const { collateralToken } = check(collateralSchema, Array.isArray(meta) ? meta[0] : meta, `/meta/${dex}`);
    byToken.set(collateralToken, [...(byToken.get(collateralToken) ?? []), dex]);
  }
  return [...byToken].map(([token, dexes]) => {
    const [first = ''] = dexes;
    const id = token === '0' ? parts.user : `${parts.user}@${first}`;
    if (dexes.length === 1) return { id, state: parts.states.get(first), meta: parts.metas.get(first) };
    const metas = dexes.flatMap((dex) => parts.metas.get(dex) as readonly unknown[]);
    return { id, state: summed(dexes.map((dex) => parts.states.get(dex))), meta: metas };
  });
}

/** The states of several dexes as one: rows together, totals added, the oldest time. */
function summed(states: readonly unknown[]): object {
  const read = states.map((state, i) => check(summedSchema, state, `/clearinghouseState/${i}`));
  const sum = (of: (one: (typeof read)[number]) => Decimal): string =>
    read.reduce((total, one) => total.plus(of(one)), new Decimal(0)).toFixed();
  const times = states.map(timeOf).filter((time) => Number.isFinite(time));
  return {
    assetPositions: read.flatMap(({ assetPositions }) => assetPositions),
    crossMarginSummary: {
      accountValue: sum(({ crossMarginSummary }) => crossMarginSummary.accountValue),
      totalNtlPos: sum(({ crossMarginSummary }) => crossMarginSummary.totalNtlPos),
      totalMarginUsed: sum(({ crossMarginSummary }) => crossMarginSummary.totalMarginUsed),
    },
    crossMaintenanceMarginUsed: sum(({ crossMaintenanceMarginUsed }) => crossMaintenanceMarginUsed),
    ...(times.length === 0 ? {} : { time: new LosslessNumber(String(Math.min(...times))) }),
  };
}

const bookOf = ({ spot, mode, nowMs }: Parts, accountId: string, clearinghouseState: unknown, meta: unknown): Book =>
  parseHyperliquid(
    { clearinghouseState, spotClearinghouseState: spot, ...(mode === null ? {} : { userAbstraction: mode }) },
    { meta, asOf: new Date(nowMs).toISOString(), accountId },
  );

/** What is documented of portfolio margin does not make its figures: the venue's own ratio is all that is said (HL-15). */
function refusePortfolio({ mode, spot }: Parts): void {
  const isPortfolio = mode === 'portfolioMargin' || (isRecord(spot) && spot.portfolioMarginEnabled === true);
  if (!isPortfolio) return;
  const ratio = isRecord(spot) ? spot.portfolioMarginRatio : undefined;
  const said =
    typeof ratio === 'string' || ratio instanceof LosslessNumber
      ? `; the venue says a ratio of ${String(ratio).slice(0, 20)}, liquidated above 0.95`
      : '';
  refuse('', `portfolio margin is not modelled: its collateral is lent and borrowed spot${said}`);
}

/** In a unified account the state's value is only the part of the collateral on hold: it says nothing of equity. */
function figuresOf(state: unknown, account: string, { mode }: Parts): VenueFigures {
  const found = check(figuresSchema, state, '/clearinghouseState');
  return {
    account,
    ...(mode === 'unifiedAccount' ? {} : { equity: found.crossMarginSummary.accountValue }),
    maintenanceMargin: found.crossMaintenanceMarginUsed,
    positions: found.assetPositions.map(({ position }) => ({
      instrument: `hl:${position.coin}`,
      liquidationPrice: position.liquidationPx ?? null,
    })),
  };
}

/** The venue's own time of a state, ms; NaN without one. */
function timeOf(state: unknown): number {
  const time = isRecord(state) ? state.time : undefined;
  return time instanceof LosslessNumber ? Number(time.value) : Number.NaN;
}

/** Modes in which the spot balance is the collateral. */
const OTHER_COLLATERAL: ReadonlySet<string> = new Set(['unifiedAccount', 'portfolioMargin']);

/** AA-14: a part told by the venue in place of the one that is here, where it is newer. */
function after(parts: Parts, { part, body }: AccountChange): ReturnType<NonNullable<AccountReading['after']>> {
  // Modes that change nothing here are not all told by name.
  if (part === 'mode') return body === parts.mode || (body === null && !OTHER_COLLATERAL.has(parts.mode ?? '')) ? 'stale' : 'again';
  if (part === 'spot') return readingOf({ ...parts, spot: body });
  const told = check(v.array(v.strictTuple([v.string(), v.custom<Readonly<Record<string, unknown>>>(isRecord, 'expected a state')])), body);
  const states = new Map(parts.states);
  let hasNewer = false;
  for (const [dex, state] of told) {
    // Another dex, or one on which nothing stood: its markets are asked for first.
    if (!parts.dexes.includes(dex) || (!parts.metas.has(dex) && !isEmpty(state))) return 'again';
    const [was, is] = [timeOf(parts.states.get(dex)), timeOf(state)];
    if (!(is > was)) continue;
    states.set(dex, state);
    hasNewer = true;
  }
  return hasNewer ? readingOf({ ...parts, states }) : 'stale';
}

/** Several accounts of one reading in one book; the oldest instant is the book's. */
function joined(books: readonly Book[]): Book {
  const [first] = books;
  if (!first) throw new RangeError('no dex was read');
  return {
    ...first,
    asOf: books.map(({ asOf }) => asOf).sort()[0] ?? first.asOf,
    instruments: new Map(books.flatMap(({ instruments }) => [...instruments])),
    assets: new Map(books.flatMap(({ assets }) => [...assets])),
    accounts: books.flatMap(({ accounts }) => accounts),
  };
}

export const hyperliquidAccounts: AccountSource = {
  ...factsOf('hyperliquid'),
  refusal: evmRefusal,
  read,
  // 1,200 a minute for one address of the internet; the price stream and the page's own questions take their part of it.
  pace: { most: 1_000, withinMs: 60_000, weight: 70, everyMs: 10_000 },
  push: hyperliquidPush,
};
