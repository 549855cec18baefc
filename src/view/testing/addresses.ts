/** A frame as the engine would send it, for tests. */
import type { AddressesFrame, AddressRow, WatchedAccountRow } from '../../store/types.ts';
import { cell } from './fixture.ts';

export const WHALE = `0x${'a1'.repeat(20)}`;
export const LENDER = `0x${'b2'.repeat(20)}`;
export const FIXTURE_MS = 1_770_000_000_000;

export const addressRow = (change: Partial<AddressRow> = {}): AddressRow => ({
  source: 'hyperliquid',
  address: WHALE,
  sourceName: 'Hyperliquid',
  state: 'read',
  why: '',
  readMs: FIXTURE_MS - 4000,
  asOfMs: FIXTURE_MS - 4200,
  nextMs: Number.NaN,
  isPushed: true,
  ...change,
});

export const accountRow = (change: Partial<WatchedAccountRow> = {}): WatchedAccountRow => ({
  account: `hyperliquid:${WHALE}`,
  source: 'hyperliquid',
  address: WHALE,
  venue: 'hyperliquid',
  venueName: 'Hyperliquid',
  kind: 'perpetual',
  unit: 'USDC',
  riskState: 'watch',
  equity: cell('1234567.891'),
  grossNotional: cell('9000000'),
  leverage: cell('7.29'),
  marginRatio: cell('0.412'),
  healthFactor: cell('not-applicable'),
  marginExcess: cell('725000.5'),
  uniformShock: cell('-0.0813'),
  nearest: {
    instrument: 'hl:BTC',
    liquidationPrice: cell('87654.321'),
    theirs: cell('87654.4'),
    markPrice: cell('96000'),
    distance: cell('0.0869'),
  },
  shocked: { riskState: 'liquidation', equity: cell('334567.891'), marginRatio: cell('1.4') },
  stated: 8,
  agreeing: 7,
  worst: { figure: 'liquidationPrice', gap: 0.0000009, reason: 'rounding' },
  asOfMs: FIXTURE_MS - 4200,
  indeterminate: [],
  ...change,
});

export const LENDING: Partial<WatchedAccountRow> = {
  account: `aave-v3:base:${LENDER}`,
  source: 'aave-v3:base',
  address: LENDER,
  venue: 'aave-v3',
  venueName: 'Aave v3',
  kind: 'lending',
  unit: 'USD',
  riskState: 'healthy',
  equity: cell('52000'),
  grossNotional: cell('31000'),
  leverage: cell('0.6'),
  marginRatio: cell('0.44'),
  healthFactor: cell('2.271'),
  uniformShock: cell('-0.5597'),
  nearest: null,
  shocked: { riskState: 'healthy', equity: cell('44000'), marginRatio: cell('0.5') },
  stated: 2,
  agreeing: 2,
  worst: null,
};

const VENUES = [
  { venue: 'hyperliquid', venueName: 'Hyperliquid' },
  { venue: 'aave-v3', venueName: 'Aave v3' },
];

export const frameOf = (change: Partial<AddressesFrame> = {}): AddressesFrame => ({
  kind: 'addresses',
  atMs: FIXTURE_MS,
  addresses: [
    addressRow(),
    addressRow({ source: 'aave-v3:base', address: LENDER, sourceName: 'Aave v3 on Base', isPushed: false, nextMs: FIXTURE_MS + 26_000 }),
  ],
  accounts: [accountRow(), accountRow(LENDING)],
  totals: {
    accounts: 2,
    equity: cell('1286567.891'),
    grossNotional: cell('9031000'),
    leverage: cell('7.02'),
    leftOut: 0,
    states: { watch: 1, healthy: 1 },
    shockedStates: { liquidation: 1, healthy: 1 },
    shockedEquity: cell('378567.891'),
  },
  venues: [
    { ...VENUES[0]!, accounts: 1, equity: cell('1234567.891'), grossNotional: cell('9000000'), worstState: 'watch' },
    { ...VENUES[1]!, accounts: 1, equity: cell('52000'), grossNotional: cell('31000'), worstState: 'healthy' },
  ],
  matrix: {
    venues: VENUES,
    assets: ['BTC', 'ETH', 'USDC'],
    cells: [
      [{ amount: cell('0'), collateral: cell('0'), exposure: cell('8000000'), shockedLoss: cell('-800000') }, null],
      [
        { amount: cell('0'), collateral: cell('0'), exposure: cell('-1000000'), shockedLoss: cell('100000') },
        { amount: cell('25.5'), collateral: cell('83000'), exposure: cell('0'), shockedLoss: cell('-8300') },
      ],
      [
        { amount: cell('1234567.891'), collateral: cell('1234567.891'), exposure: cell('0'), shockedLoss: cell('0') },
        { amount: cell('0'), collateral: cell('0'), exposure: cell('-31000'), shockedLoss: cell('0') },
      ],
    ],
    sums: [
      { collateral: cell('0'), exposure: cell('8000000'), shockedLoss: cell('-800000') },
      { collateral: cell('83000'), exposure: cell('-1000000'), shockedLoss: cell('91700') },
      { collateral: cell('1234567.891'), exposure: cell('-31000'), shockedLoss: cell('0') },
    ],
  },
  meter: { compared: 10, agreeing: 9, reasons: { rounding: 1 }, medianGap: 0, worstGap: 0.0000009 },
  shock: { move: '-0.1', asset: null },
  shown: null,
  ...change,
});
