/** Real borrowers of Aave v3 Ethereum, as read and again on a fork with crashed prices: health factors to the last wei. */
import { afterAll, describe, expect, it } from 'vitest';
import { difference, readPlainJson, sharedRows, Tally } from '../testing/cases.ts';
import { healthFactorFromAverage } from './account-data.ts';
import { aaveV3 } from './index.ts';
import { assessBook, numberOf } from './testing/families.ts';

interface Reading {
  readonly collateral: string;
  readonly debt: string;
  /** 0 where there is no debt, and so nothing to imply it from. */
  readonly thresholdBps: string;
  /** null: no debt. */
  readonly healthFactor: string | null;
}
interface Row {
  readonly id: string;
  readonly scenarios: readonly {
    totalCollateralBase: string;
    totalDebtBase: string;
    healthFactor: string | null;
    liquidationThresholdBpsImplied: string | null;
  }[];
}

const word = (value: string): string => BigInt(value).toString(16).padStart(64, '0');
/** 2^256 − 1: what the chain answers without debt. */
const NO_DEBT = `0x${'f'.repeat(64)}`;

/** The eth_call answer that these figures came in; loan-to-value and available borrows were not recorded. */
const answerOf = (r: Reading): string =>
  `0x${[r.collateral, r.debt, '0', r.thresholdBps, '0', r.healthFactor ?? NO_DEBT].map(word).join('')}`;

function run(title: string, accounts: readonly { id: string; readings: readonly Reading[] }[], floor: number): void {
  describe(title, () => {
    const tally = new Tally(`aave-v3 ${title}`);
    afterAll(() => tally.print());
    for (const { id, readings } of accounts) {
      it(`AV-15: ${id}`, () => {
        for (const reading of readings) {
          const health = healthFactorFromAverage(BigInt(reading.collateral), BigInt(reading.debt), BigInt(reading.thresholdBps));
          expect(tally.note(difference(health.ok ? health.value : null, reading.healthFactor, {}))).toBeUndefined();
          if (!health.ok) expect(health.reason).toBe('no-debt');
        }
      });

      it(`LE-2: ${id} through parser and engine, up to the protocol's rounding of one part in 10^8 dollars`, () => {
        for (const reading of readings) {
          const assessment = assessBook(aaveV3.parse!({ result: answerOf(reading) }, { asOf: '2025-01-28T00:00:00Z' }));
          const exact = numberOf(assessment.healthFactor)?.times(1e18) ?? null;
          if (exact === null) expect(assessment.healthFactor).toEqual({ ok: false, reason: 'no-debt' });
          // half a base unit of rounding in a numerator of `collateral × threshold`, and half a wei
          const allowed = { rel: (1 / Math.max(1, Number(reading.collateral) * 0.1)).toString(), abs: '1' };
          expect(tally.note(difference(exact, reading.healthFactor, allowed))).toBeUndefined();
        }
      });
    }
    it('reached its rows', () => {
      if (accounts.length === 0) tally.skip('all: the reference folder is not beside the project');
      expect(accounts.length).toBeGreaterThanOrEqual(floor);
    });
  });
}

const vectors = readPlainJson(new URL('./vectors/recorded.json', import.meta.url)) as {
  accounts: { id: string; readings: [string, string, string, string][] }[];
};
const toReading = ([collateral, debt, thresholdBps, healthFactor]: [string, string, string, string]): Reading => ({
  collateral,
  debt,
  thresholdBps,
  healthFactor,
});

run(
  'recorded vectors',
  vectors.accounts.map(({ id, readings }) => ({ id, readings: readings.map(toReading) })),
  10,
);
run(
  'recorded borrowers',
  (sharedRows('real/aave.jsonl') as Row[]).map(({ id, scenarios }) => ({
    id,
    readings: scenarios.map((s) => ({
      collateral: s.totalCollateralBase,
      debt: s.totalDebtBase,
      thresholdBps: s.liquidationThresholdBpsImplied ?? '0',
      healthFactor: s.healthFactor,
    })),
  })),
  0,
);
