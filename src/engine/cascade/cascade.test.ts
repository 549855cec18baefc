import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Decimal, ZERO } from '../../domain/units.ts';
import { runCascade } from './cascade.ts';
import { type BookSpec, cascadeBook, cascadeInput, marketsOf } from './testing/books.ts';
import type { Cascade } from './types.ts';

interface Vector {
  readonly id: string;
  readonly inputs: BookSpec & {
    readonly shock: Readonly<Record<string, string>>;
    readonly delta: Readonly<Record<string, number | null>>;
    readonly IF: number;
  };
  readonly expected: {
    readonly rounds: number;
    readonly price: Readonly<Record<string, string>>;
    readonly cascade_multiplier_log: Readonly<Record<string, string>>;
    readonly liquidated: readonly string[];
    readonly liquidated_notional: string;
    readonly deficits: string;
    readonly insurance_end: string;
    readonly socialised: string;
    readonly uncovered: string;
    readonly LP_cash: string;
    readonly LP_q: Readonly<Record<string, string>>;
    readonly trace: readonly {
      readonly round: number;
      readonly liquidated: readonly string[];
      readonly price: Readonly<Record<string, string>>;
      readonly vwap: Readonly<Record<string, string>>;
    }[];
    readonly final_cash: Readonly<Record<string, string>>;
  };
}

const vectors = (JSON.parse(readFileSync(new URL('./vectors/cascade.json', import.meta.url), 'utf8')) as { vectors: Vector[] }).vectors;
const of = (prefix: string): Vector[] => vectors.filter(({ id }) => id.startsWith(prefix));

const run = ({ inputs }: Vector): Cascade =>
  runCascade(
    cascadeInput(cascadeBook(inputs), {
      shock: marketsOf(inputs.shock),
      depth: marketsOf(inputs.delta),
      funds: new Map([['all', marketsOf({ IF: inputs.IF }).get('IF') as Decimal]]),
    }),
  );

/** Equal to the digits that the file prints (11 to 15). */
const near = (found: Decimal = ZERO, wanted: string, what: string): void => {
  const tolerance = Math.max(Math.abs(Number(wanted)), 1) * 1e-11;
  expect(Math.abs(Number(found) - Number(wanted)), `${what}: ${found} against ${wanted}`).toBeLessThanOrEqual(tolerance);
};

describe('CA-8 cascades by hand', () => {
  it.each([...of('CASC-2A'), ...of('CASC-A')].map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    const cascade = run(vector);
    const { expected } = vector;
    expect(cascade.rounds).toBe(expected.rounds);
    expect([...cascade.closed].sort()).toEqual(expected.liquidated);
    for (const [market, price] of Object.entries(expected.price)) near(cascade.prices.get(market), price, market);
    for (const [market, m] of Object.entries(expected.cascade_multiplier_log)) near(cascade.multiplier.get(market), m, market);
    near(cascade.liquidatedNotional, expected.liquidated_notional, 'notional');
    near(cascade.deficits, expected.deficits, 'deficits');
    near(cascade.insuranceFundEnd, expected.insurance_end, 'fund');
    near(cascade.socialised, expected.socialised, 'socialised');
    near(cascade.uncovered, expected.uncovered, 'uncovered');
    near(cascade.liquidity.cash.get('USD'), expected.LP_cash, 'LP cash');
    for (const [market, q] of Object.entries(expected.LP_q)) near(cascade.liquidity.volume.get(market), q, `LP ${market}`);
    for (const [i, round] of expected.trace.entries()) {
      expect(cascade.trace[i]?.closed).toEqual(round.liquidated);
      for (const [market, price] of Object.entries(round.price)) near(cascade.trace[i]?.prices.get(market), price, market);
      for (const [market, price] of Object.entries(round.vwap)) near(cascade.trace[i]?.vwap.get(market), price, market);
    }
    for (const { account, cash } of cascade.accounts) near(cash.get('USD'), expected.final_cash[account] as string, account);
  });
});
