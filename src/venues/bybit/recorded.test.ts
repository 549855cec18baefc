/** Positions that traders pasted from live accounts: what the recording allows to be checked. */
import { afterAll, describe, expect, it } from 'vitest';
import { sharedRows, Tally } from '../testing/cases.ts';
import { assessLegs, d, type LegInputs, numberOf, oneTier, relativeResidual } from '../testing/cex-cases.ts';
import { bybitClassicRules, bybitRules, takerFee } from './rules.ts';

interface Row {
  readonly id: string;
  readonly venue: string;
  readonly positions: readonly Readonly<Record<string, string | null>>[];
}

const rows = sharedRows('real/bybit.jsonl') as Row[];

/** What each recording leaves to be said: its rates, the fee its margins imply, and whether they stand on the entry or the mark. */
const TERMS: Readonly<Record<string, { rate: string; fee: string; basis: 'entryPrice' | 'markPrice'; tick?: string; tolerance: string }>> =
  {
    // October 2024: margins on the entry value, a taker fee of 0.1 %.
    'by-02': { rate: '0.02', fee: '0.001', basis: 'entryPrice', tolerance: '1e-12' },
    // November 2025: margins on the mark, which moved by 0.1 between the fields.
    'by-03': { rate: '0.005', fee: '0.00055', basis: 'markPrice', tolerance: '5e-5' },
    // January 2023, classic: the wallet is the one that puts the bankruptcy price where it is reported, itself rounded to a tick of 0.005.
    'by-04': { rate: '0.01', fee: '0.0006', basis: 'entryPrice', tick: '0.005', tolerance: '4e-6' },
  };

describe('bybit recorded positions', () => {
  const tally = new Tally('bybit recorded positions');
  afterAll(() => tally.print());
  let compared = 0;
  for (const row of rows) {
    const terms = TERMS[row.id];
    if (!terms) {
      tally.skip(`${row.id}: its margin terms are not recorded`);
      continue;
    }
    it(row.id, () => {
      const classic = row.venue === 'bybit-contract-v3';
      const position = row.positions[0]!;
      const leg: LegInputs = {
        id: String(position.symbol),
        contract: 'linear',
        side: position.side === 'short' ? 'short' : 'long',
        quantity: d(position.size),
        entry: d(position.entryPrice),
        mark: d(position[terms.basis]),
        mode: 'cross',
        leverage: d(position.leverage),
        takerFeeRate: d(terms.fee),
        tiers: oneTier(terms.rate),
        ...(terms.tick ? { priceTick: d(terms.tick) } : {}),
      };
      const balance = position.bustPrice ? d(position.bustPrice).minus(leg.entry).times(leg.quantity) : undefined;
      const { position: found } = assessLegs(classic ? bybitClassicRules : bybitRules, [leg], balance);
      const unified = assessLegs(bybitRules, [leg], undefined).position;
      const answers: [string, Parameters<typeof relativeResidual>[0]][] = classic
        ? [
            ['liquidationPrice', numberOf(found.liquidationPrice)],
            ['bustPrice', numberOf(found.bankruptcyPrice)],
            ['occClosingFee', takerFee('linear', leg.quantity, numberOf(found.bankruptcyPrice), d(terms.fee))],
            ['positionBalance', numberOf(unified.initialMargin)],
          ]
        : [
            ['positionIM', numberOf(found.initialMargin)],
            ['positionMM', numberOf(found.maintenanceMargin)],
          ];
      const faults = answers.map(([name, value]) => {
        compared++;
        const residual = relativeResidual(value, d(position[name]));
        return tally.note(
          residual.lte(terms.tolerance)
            ? undefined
            : `${name}: found ${value}, wanted ${position[name]}, off by ${residual.toExponential(2)}`,
        );
      });
      expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    });
  }
  it('reached its rows', () => {
    if (rows.length === 0) tally.skip('all: the reference folder is not beside the project');
    expect(compared).toBeGreaterThanOrEqual(rows.length === 0 ? 0 : 6);
  });
});
