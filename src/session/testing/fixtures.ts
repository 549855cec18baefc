/** Books and helpers for the tests of session, transport and store. */
import type { Tick } from '../../domain/tick.ts';
import type { AccountView, Frame, HostInput, SessionInput, Snapshot, SourceView } from '../protocol.ts';
import { emptySession, step } from '../session.ts';
import type { SessionState } from '../state.ts';

export const AS_OF = '2026-02-05T18:34:00Z';
export const AS_OF_MS = Date.parse(AS_OF);

export const linear = (venue: string, base: string, markPrice: string, more: object = {}) => ({
  venue,
  contract: 'linear',
  base,
  quote: 'USD',
  settle: 'USDC',
  contractSize: '1',
  markPrice,
  ...more,
});

const TIERS = [{ notionalFloor: '0', maxLeverage: '20', maintenanceMarginRate: '0.025', maintenanceDeduction: '0' }];

/** Three perpetual accounts and a lending one: linear and inverse, cross and isolated, mark and oracle. */
export const MIXED_BOOK = {
  format: 'leverage-book/1',
  asOf: AS_OF,
  instruments: {
    'hl:BTC': linear('hyperliquid', 'BTC', '65546'),
    'hl:ETH': linear('hyperliquid', 'ETH', '1912.4'),
    'hl:SOL': linear('hyperliquid', 'SOL', '84.1'),
    'hl:kPEPE': linear('hyperliquid', 'kPEPE', '0.0038'),
    'dy:ETH': linear('dydx-v4', 'ETH', '1911', { tiers: TIERS }),
    'g:BTC-inverse': {
      venue: 'generic',
      contract: 'inverse',
      base: 'BTC',
      quote: 'USD',
      settle: 'BTC',
      contractSize: '100',
      markPrice: '65546',
      tiers: TIERS,
    },
    'g:ETHBTC': { ...linear('generic', 'ETH', '0.02918', { tiers: TIERS }), quote: 'BTC', settle: 'BTC' },
  },
  assets: {
    USDC: { price: '1' },
    BTC: { price: '65546' },
    WETH: { price: '1912.4', loanToValue: '0.805', liquidationThreshold: '0.83' },
    USDT: { price: '1', loanToValue: '0.75', liquidationThreshold: '0.78' },
  },
  accounts: [
    {
      id: 'perp',
      venue: 'hyperliquid',
      label: 'desk A',
      balances: [{ asset: 'USDC', amount: '60000' }],
      positions: [
        { instrument: 'hl:BTC', size: '-2', entryPrice: '66000', marginMode: 'cross', leverage: '20' },
        { instrument: 'hl:ETH', size: '150', entryPrice: '1950', marginMode: 'cross', leverage: '20' },
        { instrument: 'hl:SOL', size: '800', entryPrice: '84.1', marginMode: 'isolated', isolatedMargin: '6728', leverage: '10' },
      ],
    },
    {
      id: 'oracle',
      venue: 'dydx-v4',
      balances: [{ asset: 'USDC', amount: '2000' }],
      positions: [{ instrument: 'dy:ETH', size: '5', entryPrice: '1900', marginMode: 'cross' }],
    },
    {
      id: 'inverse',
      venue: 'generic',
      balances: [{ asset: 'BTC', amount: '0.5' }],
      positions: [{ instrument: 'g:BTC-inverse', size: '900', entryPrice: '64000', marginMode: 'cross', leverage: '10' }],
    },
    {
      id: 'lender',
      venue: 'aave-v3',
      balances: [
        { asset: 'WETH', amount: '10' },
        { asset: 'USDT', amount: '-9000' },
      ],
    },
  ],
} as const;

/** 10 WETH against 15,000 USDC on Aave; `weth`: price and terms of the collateral. */
export const loanBook = (weth: { readonly price: string; readonly loanToValue: string; readonly liquidationThreshold: string }) => ({
  format: 'leverage-book/1',
  asOf: AS_OF,
  instruments: {},
  assets: {
    WETH: { ...weth, liquidationBonus: '0.05' },
    USDC: { price: '1', loanToValue: '0.75', liquidationThreshold: '0.78', liquidationBonus: '0.05' },
  },
  accounts: [
    {
      id: 'a',
      venue: 'aave-v3',
      balances: [
        { asset: 'WETH', amount: '10' },
        { asset: 'USDC', amount: '-15000' },
      ],
    },
  ],
});

export const bookText = (book: object = MIXED_BOOK): string => JSON.stringify(book);

export const load = (text = bookText(), requestId = 1): SessionInput => ({ kind: 'load', requestId, name: 'book.json', text });

export const tick = (market: string, price: string, timeMs = AS_OF_MS, kind: Tick['kind'] = 'mark'): Tick => ({
  market,
  price,
  kind,
  venueTimeMs: timeMs,
  arrivalTimeMs: timeMs,
});

export const source = (clockMs: number, more: Partial<SourceView> = {}): SourceView => ({
  kind: 'simulated',
  name: 'Simulated 1',
  status: { state: 'live', gapCount: 0, droppedCount: 0 },
  speed: 1,
  clockMs,
  startMs: Number.NaN,
  endMs: Number.NaN,
  ...more,
});

export const feed = (
  ticks: readonly Tick[],
  clockMs = AS_OF_MS,
  more: Partial<HostInput & { kind: 'feed-update' }> = {},
): SessionInput => ({
  kind: 'feed-update',
  source: source(clockMs),
  staleAfterMs: 10_000,
  staleAfterMsByMarket: {},
  ticks,
  restarted: false,
  ...more,
});

export const FLUSH: SessionInput = { kind: 'flush' };

/** A session that remembers its last state. */
export class Run {
  state: SessionState = emptySession();
  nowMs = AS_OF_MS;

  /** Runs the inputs one after another, a second apart; the frames of the last one. */
  send(...inputs: readonly SessionInput[]): readonly Frame[] {
    let frames: readonly Frame[] = [];
    for (const input of inputs) {
      this.nowMs += 1_000;
      ({ state: this.state, frames } = step(this.state, input, { nowMs: this.nowMs }));
    }
    return frames;
  }

  snapshot(): Snapshot {
    const frame = this.send({ kind: 'feed-update', ...EMPTY_UPDATE(this.state) }, FLUSH).find((candidate) => candidate.kind === 'snapshot');
    if (frame?.kind !== 'snapshot') throw new Error('a flush after a change shows a snapshot');
    return frame;
  }

  account(): AccountView {
    const { account } = this.snapshot();
    if (!account) throw new Error('no account is shown');
    return account;
  }
}

/** An update that changes nothing: it only makes the next flush show the state again. */
const EMPTY_UPDATE = (state: SessionState) => ({
  source: state.source,
  staleAfterMs: state.limits.otherwiseMs,
  staleAfterMsByMarket: state.limits.byMarketMs,
  ticks: [],
  restarted: false,
});

/** A run with the mixed book loaded. */
export const loadedRun = (text = bookText()): Run => {
  const run = new Run();
  run.send(load(text));
  return run;
};

/** What is wrong with any figure in `value`: a text that is no plain decimal, or a figure with both or neither of text and reason. */
export function figureFaults(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Float64Array) return [];
  const record = value as Record<string, unknown>;
  const isFigure = 'text' in record && 'reason' in record;
  if (isFigure && Array.isArray(record.text)) {
    const reasons = record.reason as string[];
    return record.text.flatMap((text: string, i) => cellFaults(text, reasons[i] ?? '', `${path}[${i}]`));
  }
  if (isFigure && typeof record.text === 'string') return cellFaults(record.text, String(record.reason), path);
  return Object.entries(record).flatMap(([key, child]) => figureFaults(child, `${path}.${key}`));
}

const cellFaults = (text: string, reason: string, path: string): string[] => {
  if ((text === '') === (reason === '')) return [`${path}: text "${text}", reason "${reason}"`];
  return text === '' || /^-?\d+(?:\.\d+)?$/.test(text) ? [] : [`${path}: "${text}" is no plain decimal`];
};
