/** The exact engine beside the nearest published packages, on the same accounts, in one run. */
import { readFileSync } from 'node:fs';
import { calculateHealthFactorFromBalances } from '@aave/math-utils';
import { calculatePerpLiquidationPrice, type PerpLiquidationInput } from 'hyperliquid-math/liquidation';
import { Decimal } from '../src/domain/units.ts';
import { assessAccount } from '../src/engine/assess.ts';
import { healthFactorFromAverage } from '../src/venues/aave-v3/account-data.ts';
import { hyperliquidRules } from '../src/venues/hyperliquid/rules.ts';
import { bookOf, type RecordedAccount, relativeError, tiersOfRecorded } from '../src/venues/hyperliquid/testing/recorded.ts';
import { type Bench, interleave, quantile, spreadOf } from './harness.ts';

const ROUNDS = 21;
const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as T;

export const engine: Bench = async (report) => {
  hyperliquid(report);
  aave(report);
};

function hyperliquid(report: Parameters<Bench>[0]): void {
  const accounts = read<RecordedAccount[]>('../src/venues/hyperliquid/vectors/accounts.json').filter((account) =>
    account.positions.every((row) => row.marginMode === 'cross' && tiersOfRecorded(row)),
  );
  const inputs = accounts.map(peerInputs);
  const ours = (): void => {
    for (const account of accounts) assessRecorded(account);
  };
  const theirs = (): void => {
    for (const input of inputs.flat()) calculatePerpLiquidationPrice(input);
  };
  const compared = interleave(ROUNDS, ours, theirs);
  const perSecond = (ms: number): number => (accounts.length / ms) * 1000;
  const rates = compared.ours.map(perSecond);
  report({
    bench: 'engine',
    figure: 'exact-hyperliquid-math',
    value: quantile(rates, 0.5),
    unit: 'accounts/s',
    against: 'hyperliquid-math 0.3.1, liquidation prices only, time per account',
    ratio: compared.ratio,
    goal: '< 1',
    runs: ROUNDS,
    spread: spreadOf(rates),
    note: `${accounts.length} recorded accounts from their decimal strings; ours gives every figure of the account. Worst relative error against the venue: ours ${worst(accounts, ourPrices)}, theirs ${worst(accounts, (_, i) => (inputs[i] as PerpLiquidationInput[]).map(peerPrice))}`,
  });
}

const assessRecorded = (recorded: RecordedAccount): ReturnType<typeof assessAccount> => {
  const book = bookOf(recorded);
  return assessAccount(book.accounts[0] as (typeof book.accounts)[number], book, hyperliquidRules);
};

const ourPrices = (recorded: RecordedAccount): (Decimal | null)[] =>
  assessRecorded(recorded).positions.map((position) => (position.liquidationPrice.ok ? position.liquidationPrice.value : null));

/** One call per position, as the package is used: each carries the whole account. */
function peerInputs(recorded: RecordedAccount): PerpLiquidationInput[] {
  const asset = (index: number) => ({ network: 'mainnet', marketKind: 'perp', dex: null, index }) as const;
  const positions = recorded.positions.map((row, i) => ({
    asset: asset(i),
    signedSize: row.size,
    entryPrice: row.entryPrice,
    markPrice: row.markPrice,
    marginMode: { kind: 'cross' } as const,
    marginTiers: (tiersOfRecorded(row) ?? []).map((tier) => ({
      lowerBound: tier.notionalFloor.toFixed(),
      maxLeverage: (tier.maxLeverage ?? new Decimal(1)).toFixed(),
    })),
  }));
  return positions.map((_, i) => ({ targetAsset: asset(i), crossAccountValue: recorded.crossAccountValue ?? '0', positions }));
}

function peerPrice(input: PerpLiquidationInput): Decimal | null {
  const { value } = calculatePerpLiquidationPrice(input);
  return value.status === 'ok' ? new Decimal(value.data.liquidationPrice) : null;
}

function worst(accounts: readonly RecordedAccount[], prices: (account: RecordedAccount, i: number) => (Decimal | null)[]): string {
  let error = new Decimal(0);
  let disagreements = 0;
  accounts.forEach((account, i) => {
    prices(account, i).forEach((price, j) => {
      const venue = account.positions[j]?.liquidationPrice;
      if (venue === undefined) return;
      if (price === null || venue === null) disagreements += price === venue ? 0 : 1;
      else error = Decimal.max(error, relativeError(price, new Decimal(venue)));
    });
  });
  return `${error.toExponential(1)}${disagreements > 0 ? ` and ${disagreements} not comparable` : ''}`;
}

interface RecordedReading {
  readonly totalCollateralBase: string;
  readonly totalDebtBase: string;
  readonly averageThresholdBps: string;
  readonly healthFactor: string;
}

/** Health factors of recorded borrowers from the totals the chain reports, decimal strings in, wad out. */
function aave(report: Parameters<Bench>[0]): void {
  const recorded = read<{ accounts: { readings: [string, string, string, string][] }[] }>('../src/venues/aave-v3/vectors/recorded.json');
  const readings: RecordedReading[] = recorded.accounts
    .flatMap((account) => account.readings)
    .map(([totalCollateralBase, totalDebtBase, averageThresholdBps, healthFactor]) => ({
      totalCollateralBase,
      totalDebtBase,
      averageThresholdBps,
      healthFactor,
    }))
    .filter((reading) => reading.totalDebtBase !== '0');
  const repeat = 40;
  const ours = (): void => {
    for (let i = 0; i < repeat; i++) readings.forEach(ourHealthFactor);
  };
  const theirs = (): void => {
    for (let i = 0; i < repeat; i++) readings.forEach(peerHealthFactor);
  };
  const compared = interleave(ROUNDS, ours, theirs);
  const rates = compared.ours.map((ms) => ((readings.length * repeat) / ms) * 1000);
  report({
    bench: 'engine',
    figure: 'exact-aave',
    value: quantile(rates, 0.5),
    unit: 'accounts/s',
    against: '@aave/math-utils 1.38.0 calculateHealthFactorFromBalances, time per account',
    ratio: compared.ratio,
    goal: '< 0.1',
    runs: ROUNDS,
    spread: spreadOf(rates),
    note: `${readings.length} recorded borrowers; equal to the chain’s last wei: ours ${exact(readings, ourHealthFactor)}, theirs ${exact(readings, peerHealthFactor)}`,
  });
}

const ourHealthFactor = (reading: RecordedReading): string => {
  const result = healthFactorFromAverage(
    BigInt(reading.totalCollateralBase),
    BigInt(reading.totalDebtBase),
    BigInt(reading.averageThresholdBps),
  );
  return result.ok ? result.value.toString() : result.reason;
};

const peerHealthFactor = (reading: RecordedReading): string =>
  calculateHealthFactorFromBalances({
    collateralBalanceMarketReferenceCurrency: reading.totalCollateralBase,
    borrowBalanceMarketReferenceCurrency: reading.totalDebtBase,
    currentLiquidationThreshold: reading.averageThresholdBps,
  })
    .shiftedBy(18)
    .toFixed(0);

const exact = (readings: readonly RecordedReading[], healthFactor: (reading: RecordedReading) => string): string =>
  `${readings.filter((reading) => healthFactor(reading) === reading.healthFactor).length} of ${readings.length}`;
