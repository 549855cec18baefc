/** Runs a dYdX case of any family on the parser, the engine and the chain's functions. */
import type { Book } from '../../../domain/book.ts';
import type { Figure } from '../../../domain/outcome.ts';
import { Decimal } from '../../../domain/units.ts';
import { assessAccount } from '../../../engine/assess.ts';
import type { AccountAssessment, PoolAssessment } from '../../../engine/types.ts';
import type { Case, Computed } from '../../testing/cases.ts';
import {
  bankruptcyPriceQuoteQuantums,
  type ChainMarket,
  type ChainSubaccount,
  fillablePrice,
  insuranceFundDelta,
  isLiquidatable,
  marginRequirements,
  netNotional,
  subaccountRisk,
} from '../chain.ts';
import { buyingPower, marginUsage, parentTotals } from '../figures.ts';
import { dydxV4 } from '../index.ts';

const AS_OF = '2026-01-01T00:00:00Z';

type Input = Readonly<Record<string, unknown>>;
export interface PositionInput {
  readonly market: string;
  readonly size: string;
  readonly oraclePrice: string;
  readonly entryPrice?: string;
  readonly imf: string;
  readonly mmf?: string;
}
export interface ChildInput {
  readonly subaccountNumber: number;
  readonly quoteBalance: string;
  readonly positions: readonly PositionInput[];
}

/** The number of a figure, or undefined where it has none. */
export const numberOf = (figure: Figure): Decimal | undefined => (figure.ok ? figure.value : undefined);

/** An indexer response of these children, and the markets response that prices them. */
export function indexerResponse(children: readonly ChildInput[], isParent: boolean): { response: unknown; meta: unknown } {
  const markets = children.flatMap((child) => child.positions);
  const meta = {
    markets: Object.fromEntries(
      markets.map((position) => [
        position.market,
        { oraclePrice: position.oraclePrice, initialMarginFraction: position.imf, maintenanceMarginFraction: position.mmf ?? '0' },
      ]),
    ),
  };
  const subaccounts = children.map((child) => ({
    address: 'dydx1case',
    subaccountNumber: String(child.subaccountNumber),
    openPerpetualPositions: Object.fromEntries(child.positions.map((position) => [position.market, positionResponse(position)])),
    assetPositions: { USDC: assetResponse(child.quoteBalance) },
  }));
  const subaccount = isParent ? { address: 'dydx1case', parentSubaccountNumber: '0', childSubaccounts: subaccounts } : subaccounts[0];
  return { response: { subaccount }, meta };
}

const positionResponse = (position: PositionInput) => ({
  market: position.market,
  status: 'OPEN',
  side: position.size.startsWith('-') ? 'SHORT' : 'LONG',
  size: position.size,
  entryPrice: position.entryPrice ?? position.oraclePrice,
});

const assetResponse = (amount: string) => ({
  symbol: 'USDC',
  side: amount.startsWith('-') ? 'SHORT' : 'LONG',
  size: amount.replace('-', ''),
});

export const assessBook = (book: Book): AccountAssessment[] => book.accounts.map((account) => assessAccount(account, book, dydxV4.rules));

/** `{quoteBalance, positions}`, or `{USDC, "TIA-USD": {…}}` as recorded from the indexer. */
function accountInput(input: Input): { quoteBalance: string; positions: PositionInput[] } {
  if (input.quoteBalance !== undefined) return input as unknown as { quoteBalance: string; positions: PositionInput[] };
  const markets = Object.entries(input).filter(([key]) => key.includes('-USD'));
  return {
    quoteBalance: String(input.USDC),
    positions: markets.map(([market, position]) => ({ market, ...(position as Omit<PositionInput, 'market'>) })),
  };
}

function account(input: Input): Record<string, Computed> {
  const { quoteBalance, positions } = accountInput(input);
  const { response, meta } = indexerResponse([{ subaccountNumber: 0, quoteBalance, positions }], false);
  const [assessment] = assessBook(dydxV4.parse!(response, { meta, asOf: AS_OF }));
  const pool = assessment!.pools[0]!;
  const first = assessment!.positions[0];
  const siblings = (input.siblings ?? []) as ChildInput[];
  const totals = parentTotals([assessment!, ...siblings.flatMap((child) => assessChildren([child]))]);
  return {
    ...poolOutputs(pool),
    ...(first ? { 'pos.liquidationPrice': numberOf(first.liquidationPrice) } : {}),
    ...(positions[0] ? { 'pos.buyingPower': numberOf(buyingPower(pool, new Decimal(positions[0].imf))) } : {}),
    ...(siblings.length > 0
      ? { 'parent.equity': numberOf(totals.equity), 'parent.freeCollateral': numberOf(totals.freeCollateral) }
      : { 'parent.equity': undefined, 'parent.freeCollateral': undefined }),
  };
}

function poolOutputs(pool: PoolAssessment): Record<string, Computed> {
  const equity = numberOf(pool.equity);
  const net = numberOf(pool.netNotional);
  return {
    equity,
    freeCollateral: numberOf(pool.freeCollateral),
    quoteBalance: equity && net ? equity.minus(net) : undefined,
    notionalTotal: numberOf(pool.grossNotional),
    valueTotal: net,
    initialRiskTotal: numberOf(pool.initialMargin),
    maintenanceRiskTotal: numberOf(pool.maintenanceMargin),
    leverage: numberOf(pool.leverage),
    marginUsage: numberOf(marginUsage(pool)),
    unrealizedPnl: numberOf(pool.unrealizedPnl),
    // The app takes its best market, 50×, for an account that names none.
    buyingPowerSub: numberOf(buyingPower(pool, new Decimal('0.02'))),
  };
}

function assessChildren(children: readonly ChildInput[]): AccountAssessment[] {
  const { response, meta } = indexerResponse(children, true);
  return assessBook(dydxV4.parse!(response, { meta, asOf: AS_OF }));
}

interface ReportedChild {
  readonly equity: string;
  readonly freeCollateral: string;
}

/** A child of which only equity and free collateral are reported: cash, and a requirement of holdings that are not listed. */
function reportedChild(child: ReportedChild): AccountAssessment {
  const amount = new Decimal(child.equity);
  const book: Book = { format: 'leverage-book/1', asOf: AS_OF, instruments: new Map(), assets: new Map(), accounts: [] };
  const initialMarginOther = amount.minus(child.freeCollateral);
  return assessAccount(
    { id: 'child', venue: 'dydx-v4', balances: [{ asset: 'USD', amount }], positions: [], initialMarginOther },
    book,
    dydxV4.rules,
  );
}

/** The indexer sums free collateral over the children; the app (`own`) shows the parent's. */
function parent(input: Input): Record<string, Computed> {
  const children = input.children as readonly (ChildInput & ReportedChild)[];
  if (children.every((child) => child.quoteBalance === undefined)) {
    const totals = parentTotals(children.map(reportedChild));
    return { equity: numberOf(totals.equity), freeCollateral: numberOf(totals.freeCollateral) };
  }
  const assessments = assessChildren(children);
  const cross = assessments[0]!.pools.find((pool) => pool.kind === 'cross')!;
  const isolated = assessments[0]!.pools.find((pool) => pool.kind === 'isolated');
  const isolatedFraction = children.find((child) => child.subaccountNumber >= 128 && child.positions.length > 0)?.positions[0]?.imf;
  return {
    equity: numberOf(parentTotals(assessments).equity),
    freeCollateral: numberOf(cross.freeCollateral),
    quoteBalance: poolOutputs(cross).quoteBalance,
    ...(isolated ? Object.fromEntries(Object.entries(poolOutputs(isolated)).map(([name, value]) => [`iso.${name}`, value])) : {}),
    ...(isolated && isolatedFraction ? { 'iso.buyingPower': numberOf(buyingPower(isolated, new Decimal(isolatedFraction))) } : {}),
  };
}

const big = (value: unknown): bigint => BigInt(String(value ?? 0));

const marketOf = (input: Input): ChainMarket => ({
  price: big(input.price),
  priceExponent: Number(input.exponent),
  atomicResolution: Number(input.atomicResolution),
  initialMarginPpm: big(input.initialMarginPpm),
  maintenanceFractionPpm: big(input.maintenanceFractionPpm),
  openInterest: big(input.openInterest),
  openInterestLowerCap: big(input.openInterestLowerCap),
  openInterestUpperCap: big(input.openInterestUpperCap),
});

function margin(input: Input): Record<string, Computed> {
  const caps = (input.caps ?? [[input.openInterestLowerCap, input.openInterestUpperCap]]) as readonly (readonly unknown[])[];
  const required = caps.map(([lower, upper]) =>
    marginRequirements(
      marketOf({ ...input, openInterestLowerCap: lower, openInterestUpperCap: upper }),
      big(input.baseQuantums),
      big(input.customImfPpm),
    ),
  );
  return {
    imr: required[0]?.initialMargin,
    mmr: required[0]?.maintenanceMargin,
    'imr.oiAboveCap': required[1]?.initialMargin,
    'mmr.oiAboveCap': required[1]?.maintenanceMargin,
  };
}

function notional(input: Input): Record<string, Computed> {
  const values = (input.baseQuantums as readonly unknown[]).map((quantums) => netNotional(marketOf(input), big(quantums)));
  return { long: values[0], short: values[1] };
}

/** Positions with an oracle price in USDC: 2.5 is 25 × 10^−1. */
function subaccountOf(input: Input): ChainSubaccount {
  const positions = input.positions as readonly Input[];
  return {
    quoteQuantums: big(input.quoteQuantums),
    positions: positions.map((position) => {
      const price = new Decimal(String(position.oraclePrice));
      const places = price.decimalPlaces();
      const market = {
        price: price.times(new Decimal(10).pow(places)).toFixed(),
        exponent: -places,
        atomicResolution: position.atomicResolution,
        initialMarginPpm: position.imPpm,
        maintenanceFractionPpm: position.maintFractionPpm,
      };
      return { market: marketOf(market), baseQuantums: big(position.baseQuantums) };
    }),
  };
}

const closeIndex = (input: Input): number => Number(input.closeIndex ?? 0);

const bankruptcy = (input: Input): Record<string, Computed> => ({
  bankruptcyPriceQuoteQuantums: bankruptcyPriceQuoteQuantums(subaccountOf(input), closeIndex(input), big(input.deltaQuantums)),
});

function fillable(input: Input): Record<string, Computed> {
  const { numerator, denominator } = fillablePrice(subaccountOf(input), closeIndex(input), {
    bankruptcyAdjustmentPpm: big(input.bankruptcyAdjustmentPpm),
    spreadToMaintenanceMarginRatioPpm: big(input.spreadToMaintenanceMarginRatioPpm),
  });
  return { fillableSubticksPerQuantum: denominator === 1n ? String(numerator) : `${numerator}/${denominator}` };
}

const insurance = (input: Input): Record<string, Computed> => ({
  insuranceFundDelta: insuranceFundDelta(
    subaccountOf(input),
    closeIndex(input),
    big(input.deltaQuantums),
    big(input.fillQuoteQuantums),
    big(input.maxLiquidationFeePpm),
  ),
});

const liquidatable = (input: Input): Record<string, Computed> =>
  Object.fromEntries(
    (input.cases as readonly Input[]).map((item) => [String(item.id), isLiquidatable(subaccountRisk(subaccountOf(item)))]),
  );

const FAMILIES: Readonly<Record<string, (input: Input) => Record<string, Computed>>> = {
  'dydx.account': account,
  'dydx.parent': parent,
  'dydx.chain.margin': margin,
  'dydx.chain.netNotional': notional,
  'dydx.chain.bankruptcy': bankruptcy,
  'dydx.chain.fillable': fillable,
  'dydx.chain.insuranceDelta': insurance,
  'dydx.liquidatable': liquidatable,
};

/** Everything the family computes from the case's input, by the names that cases use; undefined for an unknown family. */
export const runCase = (item: Case): Record<string, Computed> | undefined => FAMILIES[item.formula]?.(item.input);
