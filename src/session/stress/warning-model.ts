/** σ and correlation of some markets as the running session knows them. Rules ST-28, DI-7, DI-8. */

import { pairsOf, stressModel } from '../../engine/stress/correlation.ts';
import { modelBetas } from '../../engine/stress/distances.ts';
import type { ShockModel } from '../../engine/stress/types.ts';
import type { Closes } from '../alarms/closes.ts';
import type { DailyVolatilityOf } from '../alarms/odds.ts';
import type { StressModelView } from './warning-messages.ts';

export interface WarningTerms {
  readonly volatilityOf: DailyVolatilityOf;
  readonly closes: Closes;
}

/** The market whose move is named when all move: the largest there is of those that everything follows, else the first. */
export const referenceOf = (markets: readonly string[]): string => {
  for (const known of ['BTC', 'ETH']) if (markets.includes(known)) return known;
  return markets[0] ?? 'BTC';
};

export function modelOf(
  markets: readonly string[],
  reference: string,
  blend: number,
  { volatilityOf, closes }: WarningTerms,
): { readonly model: ShockModel; readonly betas: ReadonlyMap<string, number>; readonly view: StressModelView } {
  const { matrix, hours } = closes.correlation(markets);
  const sigma = new Map(markets.map((market) => [market, volatilityOf(market)]));
  const model = stressModel({ sigma, correlation: pairsOf(markets, matrix), space: 'log' }, 1, blend);
  const found = modelBetas(model, reference);
  const betas = found.ok ? found.value : new Map<string, number>();
  const pairs = new Map(model.correlation.map(([a, b, value]) => [`${a} ${b}`, value]));
  const of = (a: string, b: string): number => (a === b ? 1 : (pairs.get(`${a} ${b}`) ?? pairs.get(`${b} ${a}`) ?? 0));
  return {
    model,
    betas,
    view: {
      reference,
      markets: markets.map((market) => ({ market, sigma: sigma.get(market)!, beta: betas.get(market) ?? Number.NaN })),
      correlation: markets.flatMap((a) => markets.map((b) => of(a, b))),
      blend,
      hours,
    },
  };
}
