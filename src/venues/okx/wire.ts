/**
 * OKX v5 responses, validated: account/positions, account/balance, public/instruments. Fields that are not read are left
 * alone; OKX writes '' where it has no number. Source: www.okx.com/docs-v5.
 */
import * as v from 'valibot';
import type { Contract } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { type Decimal, ONE } from '../../domain/units.ts';
import { check, decimal, describe, identifier, isRecord, positiveDecimal } from '../../wire/schema.ts';
import type { InstrumentFacts } from './instruments.ts';

/** A number, or nothing: absent, null or ''. */
const optional = () =>
  v.pipe(
    v.optional(v.unknown()),
    v.transform((input) => (input === '' || input === null ? undefined : input)),
    v.optional(decimal()),
  );

const positionSchema = v.looseObject({
  instId: identifier(),
  instType: v.optional(v.string()),
  mgnMode: v.picklist(['cross', 'isolated'], 'expected "cross" or "isolated"'),
  posSide: v.optional(v.picklist(['long', 'short', 'net'], 'expected "long", "short" or "net"')),
  /** '0' or '' for a row that is closed. */
  pos: v.pipe(
    v.unknown(),
    v.transform((pos) => (pos === '' ? '0' : pos)),
    decimal(),
  ),
  avgPx: optional(),
  markPx: optional(),
  lever: optional(),
  margin: optional(),
  mgnRatio: optional(),
  mmr: optional(),
  upl: optional(),
  liqPx: optional(),
  uTime: optional(),
});

const detailSchema = v.looseObject({
  ccy: identifier(),
  eq: optional(),
  eqUsd: optional(),
  disEq: optional(),
  isoEq: optional(),
});

const balanceSchema = v.looseObject({
  adjEq: optional(),
  uTime: optional(),
  details: v.array(detailSchema, 'expected the list of currencies'),
});

const envelope = <const S extends v.GenericSchema>(item: S) => v.looseObject({ data: v.array(item, 'expected a list') });

export interface PositionRow extends v.InferOutput<typeof positionSchema> {
  readonly pointer: string;
  /** Contracts, positive or negative as the row says it; not zero. */
  readonly pos: Decimal;
}
export type AccountBalance = v.InferOutput<typeof balanceSchema>;
export type CurrencyRow = v.InferOutput<typeof detailSchema>;

export interface OkxResponse {
  /** Open positions only. */
  readonly positions: readonly PositionRow[];
  readonly balance?: AccountBalance;
}

/** account/positions, or `{positions, balance}` with account/balance. Throws `InputError`. */
export function readResponse(response: unknown): OkxResponse {
  if (!isRecord(response)) throw new InputError([{ pointer: '', message: `expected account/positions, found ${describe(response)}` }]);
  const wrapped = response.positions !== undefined;
  const base = wrapped ? '/positions' : '';
  const positions = listOf(positionSchema, wrapped ? response.positions : response, base).flatMap((row, i) => {
    const { pos } = row;
    return !pos.isZero() ? [{ ...row, pos, pointer: `${base}/data/${i}` }] : [];
  });
  if (response.balance === undefined) return { positions };
  const balance = listOf(balanceSchema, response.balance, '/balance')[0];
  if (!balance) throw new InputError([{ pointer: '/balance/data', message: 'holds no account' }]);
  return { positions, balance };
}

function listOf<S extends v.GenericSchema>(item: S, input: unknown, base: string): v.InferOutput<S>[] {
  if (isRecord(input) && input.code !== undefined && input.code !== '0') {
    throw new InputError([{ pointer: `${base}/code`, message: `OKX answered with an error: ${describe(input.msg)}` }]);
  }
  return check(envelope(item), input, base).data as v.InferOutput<S>[];
}

const instrumentSchema = v.looseObject({
  instId: identifier(),
  ctVal: optional(),
  ctMult: optional(),
  ctType: v.optional(v.string()),
  tickSz: v.optional(positiveDecimal()),
});

/** Contract values and ticks of public/instruments, one response or a list of them, by instrument id. Throws `InputError`, pointers below `/meta`. */
export function readInstruments(meta: unknown): ReadonlyMap<string, InstrumentFacts> {
  const responses = meta === undefined ? [] : Array.isArray(meta) ? meta : [meta];
  const rows = responses.flatMap((response, i) => listOf(instrumentSchema, response, Array.isArray(meta) ? `/meta/${i}` : '/meta'));
  return new Map(
    rows.flatMap((row): [string, InstrumentFacts][] => {
      if (!row.ctVal?.gt(0) || !row.tickSz || (row.ctType !== 'linear' && row.ctType !== 'inverse')) return [];
      const contract: Contract = row.ctType;
      return [[row.instId, { contract, contractSize: row.ctVal.times(row.ctMult ?? ONE), priceTick: row.tickSz }]];
    }),
  );
}
