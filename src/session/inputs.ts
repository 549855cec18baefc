/** Which prices stand behind an account, how old they are, and whether that is too old. Rules SE-7, SE-8. */
import type { Account } from '../domain/book.ts';
import { isPegged } from '../domain/pegged-assets.ts';
import type { AccountAssessment } from '../engine/types.ts';
import type { PricedBook } from './prices.ts';
import type { RiskState, SourceView } from './protocol.ts';

/** One price that figures rest on. */
export interface PriceInput {
  /** Instrument id or asset symbol. */
  readonly subject: string;
  /** The feed's word for it: base asset or asset symbol. */
  readonly market: string;
  readonly timeMs: number;
  readonly pool: string;
}

/** Age beyond which a price no longer stands for the present, ms; NaN where no feed says. */
export interface StaleLimits {
  readonly otherwiseMs: number;
  readonly byMarketMs: Readonly<Record<string, number>>;
}

export const NO_LIMITS: StaleLimits = { otherwiseMs: Number.NaN, byMarketMs: {} };

/**
 * Every price that the account's figures rest on: the marks of its positions, and the prices of the assets it holds or settles
 * in. The price of the unit of account, and of an asset pegged to money that no feed prices, is a convention and has no age.
 */
export function priceInputs(account: Account, priced: PricedBook, assessment: AccountAssessment): readonly PriceInput[] {
  const inputs: PriceInput[] = [];
  const { book, assetTimeMs, asOfMs } = priced;
  const noteAsset = (symbol: string, pool: string): void => {
    const liveMs = assetTimeMs.get(symbol);
    if (liveMs === undefined && (symbol === assessment.unit || isPegged(symbol) || !book.assets.get(symbol)?.price)) return;
    inputs.push({ subject: symbol, market: symbol, timeMs: liveMs ?? asOfMs, pool });
  };
  for (const position of assessment.positions) {
    const instrument = book.instruments.get(position.instrument);
    if (!instrument?.markPrice) continue;
    inputs.push({ subject: instrument.id, market: instrument.base, timeMs: instrument.markTimeMs ?? asOfMs, pool: position.pool });
    noteAsset(instrument.settle, position.pool);
  }
  const cross = assessment.pools.filter((pool) => pool.kind !== 'isolated');
  for (const { asset, amount } of account.balances) {
    if (amount.isZero()) continue;
    const own = cross.find((pool) => pool.id === `cross:${asset}`) ?? cross[0];
    noteAsset(asset, own?.id ?? '');
  }
  return inputs;
}

const distance = (input: Pick<PriceInput, 'timeMs'>, clockMs: number): number => Math.abs(clockMs - input.timeMs);

/** With a clock, the price furthest from it on either side; without one, the oldest. Undefined where no price is used. */
export function oldestInput(inputs: readonly PriceInput[], clockMs: number): PriceInput | undefined {
  const isWorse = (a: PriceInput, b: PriceInput): boolean =>
    Number.isFinite(clockMs) ? distance(a, clockMs) > distance(b, clockMs) : a.timeMs < b.timeMs;
  return inputs.reduce<PriceInput | undefined>((worst, input) => (!worst || isWorse(input, worst) ? input : worst), undefined);
}

/**
 * Whether a price is too far from the feed's present to stand for it: further than its market's limit before the feed's clock, or
 * after it (a book younger than the crash that is replayed over it). Without a feed nothing is stale: the book is what it is.
 */
export function isStale(inputs: readonly PriceInput[], source: SourceView, limits: StaleLimits): boolean {
  return inputs.some((input) => isStalePrice(input, source, limits));
}

/** The same for one price. */
export function isStalePrice(input: Pick<PriceInput, 'market' | 'timeMs'>, source: SourceView, limits: StaleLimits): boolean {
  if (source.kind === 'none') return false;
  if (source.status.state === 'stale' || source.status.state === 'lost') return true;
  if (!Number.isFinite(source.clockMs)) return false;
  const own = Object.hasOwn(limits.byMarketMs, input.market) ? limits.byMarketMs[input.market] : undefined;
  return distance(input, source.clockMs) > (own ?? limits.otherwiseMs);
}

/** Old prices take away the all-clear and nothing else: an alarm stays what it is (SE-8). */
export const withStaleness = (state: RiskState, stale: boolean): RiskState =>
  stale && (state === 'healthy' || state === 'watch') ? 'stale' : state;
