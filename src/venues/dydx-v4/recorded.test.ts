/** Recorded mainnet and testnet subaccounts: the indexer's own equity and free collateral. */
import { afterAll, describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { difference, sharedRows, Tally } from '../testing/cases.ts';
import { dydxV4 } from './index.ts';
import { assessBook, type ChildInput, indexerResponse, numberOf } from './testing/families.ts';

interface Row {
  readonly id: string;
  readonly account: { equity: string; freeCollateral: string; usdc: string; maintenanceMarginRecomputed: string; subaccountNumber: string };
  readonly positions: readonly {
    symbol: string;
    side: string;
    size: string;
    entryPrice: string;
    imf: string;
    mmf: string;
    unrealizedPnl: string;
    liquidationPriceRecomputed: string | null;
  }[];
}

const rows = sharedRows('real/dydx.jsonl') as unknown as Row[];
/** Figures in the file are binary floating point: 17 digits, maintenance to 8 decimals. */
const TOLERANCE = { rel: '1e-12' };
/** dy-10 prints its prices with 6 decimals. */
const COARSE = { rel: '1e-7' };
const RECOMPUTED = { rel: '1e-7' };

/** entry + unrealized profit ÷ size; the file's own rounding of it is coarse for cheap coins. */
const oraclePrice = (position: Row['positions'][number]): Decimal =>
  new Decimal(position.entryPrice).plus(new Decimal(position.unrealizedPnl).div(position.size).times(position.side === 'short' ? -1 : 1));

const childOf = (row: Row, subaccountNumber: number): ChildInput => ({
  subaccountNumber,
  quoteBalance: row.account.usdc,
  positions: row.positions.map((position) => ({
    market: position.symbol,
    size: (position.side === 'short' ? '-' : '') + position.size,
    entryPrice: position.entryPrice,
    oraclePrice: oraclePrice(position).toFixed(),
    imf: position.imf,
    mmf: position.mmf,
  })),
});

describe('recorded subaccounts', () => {
  const tally = new Tally('dydx-v4 recorded subaccounts');
  afterAll(() => tally.print());

  for (const row of rows) {
    it(`${row.id}: equity, free collateral, maintenance and liquidation prices`, () => {
      const { response, meta } = indexerResponse([childOf(row, Number(row.account.subaccountNumber))], false);
      const [assessment] = assessBook(dydxV4.parse!(response, { meta, asOf: '2024-05-06T10:47:00Z' }));
      const tolerance = row.id === 'dy-10' ? COARSE : TOLERANCE;
      const faults = [
        difference(numberOf(assessment!.equity), row.account.equity, tolerance),
        difference(numberOf(assessment!.freeCollateral), row.account.freeCollateral, tolerance),
        difference(numberOf(assessment!.maintenanceMargin), row.account.maintenanceMarginRecomputed, { rel: '1e-7' }),
        ...row.positions.map((position, i) =>
          liquidationFault(assessment!.positions[i]!.liquidationPrice, position.liquidationPriceRecomputed),
        ),
      ].map((fault) => tally.note(fault));
      expect(faults.filter(Boolean)).toEqual([]);
    });

    it(`${row.id}: the oracle price is implied by the response alone`, () => {
      const { response } = indexerResponse([childOf(row, 0)], false);
      const positions = (response as { subaccount: { openPerpetualPositions: Record<string, object> } }).subaccount.openPerpetualPositions;
      for (const position of row.positions) Object.assign(positions[position.symbol]!, { unrealizedPnl: position.unrealizedPnl });
      const [assessment] = assessBook(dydxV4.parse!(response, { asOf: '2024-05-06T10:47:00Z' }));
      expect(
        tally.note(difference(numberOf(assessment!.equity), row.account.equity, row.id === 'dy-10' ? COARSE : TOLERANCE)),
      ).toBeUndefined();
    });
  }

  it('reached its rows', () => {
    if (rows.length === 0) tally.skip('all: the reference folder is not beside the project');
    expect(rows.length === 0 || rows.length >= 4).toBe(true);
  });
});

const liquidationFault = (price: { ok: boolean; value?: Decimal; reason?: string }, recomputed: string | null): string | undefined => {
  if (recomputed !== null) return difference(price.value, recomputed, RECOMPUTED);
  return !price.ok && price.reason === 'never' ? undefined : `expected no liquidation price, found ${price.value ?? price.reason}`;
};
