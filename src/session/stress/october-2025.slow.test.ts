/**
 * What the cascade makes of 10 October 2025 on generated accounts, with every assumption stated. The figures are those of
 * docs/october-2025.md, which says what they do not explain; this prints them and holds the document to them.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { deskSteps } from '../desk/desk-engine.ts';
import type { DeskState } from '../desk/desk-state.ts';
import { flatOf } from '../desk/flat-of-columns.ts';
import { rulesOfVenue } from '../desk/opened.ts';
import { atOnce } from '../desk/placing.ts';
import { population } from '../desk/population.ts';
import { RECORDED_SHAPE } from '../desk/population-shape.ts';
import { totals } from '../desk/totals.ts';
import { CascadeEngine } from './cascade.ts';
import { priceOfMarket } from './feedback.ts';
import { NOTHING_MOVES } from './scenario.ts';
import { marketsOf } from './stress-slots.ts';
import october from './testing/october-2025.json' with { type: 'json' };

const DAY = october.markets as unknown as Readonly<Record<string, readonly [volume: number, fall: number]>>;

/** Open interest of all venues before, USD. */
const OPEN_INTEREST = 217e9;
/** Million USD to one per cent on one venue: what rested in BTC's book (CoinDesk), others by their volume; and all venues together. */
const BTC_RESTING = 20;
/** All venues' liquidations ÷ Hyperliquid's on the day: 19.1 of 5.51 thousand million. */
const VENUES = 3.5;
/**
 * Million USD of Hyperliquid's forced orders to one per cent of the fall on the day, what refilled the books included: computed from the day
 * itself, so that a fit with it proves nothing. Others as AVAX.
 */
const EFFECTIVE: Readonly<Record<string, number>> = {
  BTC: 129.15,
  ETH: 65.62,
  SOL: 16.57,
  HYPE: 6.91,
  XPL: 1.86,
  PUMP: 1.16,
  ENA: 0.89,
  AVAX: 0.92,
  XRP: 1.01,
  ASTER: 1.25,
  FARTCOIN: 0.39,
};
const EFFECTIVE_OTHERWISE = 0.92;

type Books = 'resting' | 'effective' | 'tenfold' | 'infinite';

function depthOf(books: Books, market: string): number {
  if (books === 'infinite') return Number.POSITIVE_INFINITY;
  const least = Math.min(...Object.values(DAY).map(([volume]) => volume));
  if (books === 'resting') return BTC_RESTING * VENUES * ((DAY[market]?.[0] ?? least) / DAY.BTC![0]);
  return (EFFECTIVE[market] ?? EFFECTIVE_OTHERWISE) * VENUES * (books === 'tenfold' ? 10 : 1);
}

/** Binance's fund before, USD. */
const FUND = 1.23e9;
/** Falls beside BTC's: from daily closes when prices fall, 2021 to 2026; of any other market an assumption. */
const BETAS: Readonly<Record<string, number>> = {
  BTC: 1,
  ETH: 1.19,
  SOL: 1.218,
  BNB: 1.069,
  XRP: 1.119,
  DOGE: 1.314,
  ADA: 1.24,
  AVAX: 1.407,
  LINK: 1.349,
  LTC: 1.287,
};
const BETA_OTHERWISE = 1.3;

function deskOf(longShare: number, accounts = 50_000): DeskState {
  const columns = population({ accounts, seed: 42, asOf: '2025-10-10T20:00:00Z', shape: { ...RECORDED_SHAPE, longShare } });
  return atOnce(deskSteps(atOnce(flatOf(columns)), { rulesOf: rulesOfVenue }));
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Σ of the larger side of every instrument: what exchanges call open interest, where the other side is not among the accounts. */
function openInterestOf(desk: DeskState): number {
  const { longNotional, shortNotional } = totals(desk);
  return desk.board.instruments.reduce((sum, _, i) => sum + Math.max(longNotional[i]!, shortNotional[i]!), 0);
}

interface Outcome {
  readonly rounds: number;
  readonly accounts: number;
  /** Notional closed ÷ open interest. */
  readonly share: number;
  readonly falls: Readonly<Record<string, number>>;
  readonly median: number;
  readonly deficits: number;
  readonly fundUsed: number;
}

function play(desk: DeskState, engine: CascadeEngine, shock: number, books: Books): Outcome {
  const markets = marketsOf(desk);
  const open = openInterestOf(desk);
  const scale = open / OPEN_INTEREST;
  const depth = Float64Array.from(markets, (market) => {
    const price = priceOfMarket(desk.board, market)?.toNumber();
    if (price === undefined) return Number.POSITIVE_INFINITY;
    return (depthOf(books, market) * 1e6 * scale) / price / -Math.log1p(-0.01);
  });
  const fund = FUND * scale;
  const betas = new Map(markets.map((market) => [market, new Decimal(BETAS[market] ?? BETA_OTHERWISE)] as const));
  const played = engine.play({
    scenario: { ...NOTHING_MOVES, all: new Decimal(shock), betas },
    depth,
    fund,
    hasDeleveraging: true,
  });
  const fallOf = (m: number): number => played.end[m]! / played.start[m]! - 1;
  const closed = new Set(played.closedPools.flat().map((pool) => desk.pools.row[pool]!));
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const deficits = sum(played.deficits);
  return {
    rounds: played.columns.rounds.length,
    accounts: closed.size / desk.columns.count,
    share: sum(played.notional) / open,
    falls: Object.fromEntries(
      ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'AVAX'].map((market) => [market, fallOf(played.markets.indexOf(market))]),
    ),
    median: median(markets.flatMap((market, m) => (DAY[market] && Number.isFinite(fallOf(m)) ? [fallOf(m)] : []))),
    deficits: deficits / open,
    fundUsed: Math.min(1, deficits / fund),
  };
}

/** Beyond ten times the number says only that the model has no end there. */
const percent = (value: number, digits = 1): string => (value > 10 ? '> 1000' : (100 * value).toFixed(digits));

/** A line of the document's table. */
function line(lean: string, shock: number, books: Books, { rounds, accounts, share, falls, median: middle, deficits }: Outcome): string {
  const cells = [
    lean,
    percent(shock),
    books,
    String(rounds),
    percent(accounts),
    percent(share),
    ...Object.values(falls).map((fall) => percent(fall)),
    percent(middle),
    percent(deficits, 2),
  ];
  return `| ${cells.join(' | ')} |`;
}

describe('10 October 2025 on generated accounts', () => {
  it('gives the figures of the document', () => {
    const lines: string[] = [];
    for (const [lean, longShare] of [
      ['recorded', RECORDED_SHAPE.longShare],
      ['long', 0.75],
    ] as const) {
      const desk = deskOf(longShare);
      const engine = new CascadeEngine(desk);
      for (const books of ['infinite', 'tenfold', 'effective', 'resting'] as const)
        for (const shock of [-0.05, -0.111]) lines.push(line(lean, shock, books, play(desk, engine, shock, books)));
    }
    console.log(
      `median fall of the ${Object.keys(DAY).length} markets on the day: ${percent(median(Object.values(DAY).map(([, fall]) => fall)))} %`,
    );
    console.log(lines.join('\n'));
    const told = readFileSync(resolve(process.cwd(), 'docs/october-2025.md'), 'utf8');
    for (const text of lines) expect(told).toContain(text);
  }, 300_000);
});
