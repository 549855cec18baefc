/** An account as the engine would send it, for tests of what the page makes of it. */
import type {
  AccountView,
  BandLevels,
  FigureCell,
  FigureColumn,
  PoolCells,
  PoolView,
  PositionColumns,
  RiskState,
} from '../../store/types.ts';

/** A figure from its text; a reason (`never`) where it is no number. */
export const cell = (text: string): FigureCell =>
  Number.isNaN(Number(text)) ? { value: Number.NaN, text: '', reason: text } : { value: Number(text), text, reason: '' };

export const column = (...texts: string[]): FigureColumn => {
  const cells = texts.map(cell);
  return {
    value: Float64Array.from(cells, ({ value }) => value),
    text: cells.map(({ text }) => text),
    reason: cells.map(({ reason }) => reason),
  };
};

export const BANDS: BandLevels = { watch: 0.3, warning: 0.5, marginCall: 0.8, liquidation: 1 };

export const cells = (stated: Partial<Record<keyof PoolCells, string>> = {}): PoolCells => {
  const texts: Record<keyof PoolCells, string> = {
    equity: '10000',
    grossNotional: '50000',
    netNotional: '50000',
    leverage: '5',
    netLeverage: '5',
    initialMargin: '2500',
    maintenanceMargin: '1000',
    liquidationFees: '0',
    marginRatio: '0.1',
    healthFactor: 'not-applicable',
    marginExcess: '9000',
    freeCollateral: '7500',
    withdrawable: '7500',
    unrealizedPnl: '-120.5',
    uniformShock: '-0.1818',
    uniformShockDown: '-0.1818',
    uniformShockUp: 'never',
    ...stated,
  };
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, cell(text)])) as unknown as PoolCells;
};

export const pool = (id: string, riskState: RiskState = 'healthy', stated: Partial<Record<keyof PoolCells, string>> = {}): PoolView => ({
  id,
  kind: id.startsWith('isolated') ? 'isolated' : id.startsWith('lending') ? 'lending' : 'cross',
  riskState,
  bands: { marginRatio: BANDS, buffer: BANDS, leverage: BANDS },
  cells: cells(stated),
  oldestInputMs: 0,
  oldestInputSubject: 'hl:BTC',
  freshness: 'live',
});

/** A long position in BTC and a short one in SOL, whose liquidation is nearer. */
export const POSITIONS: PositionColumns = {
  count: 2,
  key: ['hl:BTC', 'hl:SOL'],
  instrument: ['hl:BTC', 'hl:SOL'],
  base: ['BTC', 'SOL'],
  quote: ['USD', 'USD'],
  contract: ['linear', 'linear'],
  contractSize: ['1', '1'],
  pool: ['cross', 'isolated:hl:SOL:1'],
  marginMode: ['cross', 'isolated'],
  side: ['long', 'short'],
  size: column('0.5', '-100'),
  entryPrice: column('66000', '84.1'),
  markPrice: column('65546', '84'),
  markTimeMs: Float64Array.from([0, 0]),
  leverageSetting: column('20', 'not-applicable'),
  isolatedMargin: column('not-applicable', '2000'),
  notional: column('32773', '8400'),
  unrealizedPnl: column('-227', '10'),
  initialMargin: column('1638.65', '2000'),
  maintenanceMargin: column('409.6625', '210'),
  liquidationPrice: column('56708.86', '90.12349'),
  liquidationDistance: column('0.13482', '0.0729'),
  backstopPrice: column('not-applicable', 'not-applicable'),
  bankruptcyPrice: column('56000', '104'),
  returnOnEquity: column('-0.13', '0.005'),
};

export const account = (stated: Partial<AccountView> = {}): AccountView => ({
  id: 'a1',
  label: 'a trader',
  venue: 'hyperliquid',
  venueName: 'Hyperliquid',
  riskPrice: 'mark',
  kind: 'perpetual',
  unit: 'USD',
  riskState: 'healthy',
  bands: { marginRatio: BANDS, buffer: BANDS, leverage: BANDS },
  cells: cells(),
  pools: [pool('cross'), pool('isolated:hl:SOL:1')],
  positions: POSITIONS,
  balances: { count: 1, asset: ['USDC'], amount: column('10120.5'), price: column('1'), value: column('10120.5') },
  indeterminate: [],
  oldestInputMs: 0,
  oldestInputSubject: 'hl:BTC',
  stale: false,
  freshness: 'live',
  ...stated,
});
