import {
  assessLegs,
  type Case,
  d,
  describeCases,
  type LegInputs,
  numberOf,
  oneTier,
  type Solver,
  sharedCases,
  vectorCases,
} from '../testing/cex-cases.ts';
import { assessCase, positionFigures } from '../testing/cex-figures.ts';
import { bookedMargin, bookedValue, bitmexRules as rules } from './rules.ts';

/** A recorded inverse position, booked in satoshi: the balance behind it is what its reported price implies. */
function recorded({ inputs }: Case): ReturnType<Solver> {
  const contracts = d(inputs.currentQty);
  const value = d(inputs.posCost).abs();
  const rate = d(inputs.mmr);
  const commission = d(inputs.posComm);
  const init = bookedMargin(value, d(inputs.initMarginReq ?? '0.01'));
  const margin = init.plus(String(inputs.posCross)).plus(commission);
  const markValue = bookedValue(contracts, d(inputs.markPrice));
  const leg: LegInputs = {
    id: 'XBTUSD',
    contract: 'inverse',
    mode: 'cross',
    side: 'long',
    quantity: contracts,
    entry: contracts.times('1e8').div(value),
    mark: d(inputs.markPrice),
    tiers: oneTier(rate),
    priceTick: d(1),
  };
  const inCoin = (satoshi: ReturnType<typeof d>) => satoshi.div('1e8');
  return {
    posMargin: () => margin,
    posMaint: () => bookedMargin(value, rate).plus(commission),
    markValue: () => markValue,
    unrealisedPnl: () => value.minus(markValue),
    maintMargin: () => margin.plus(value.minus(markValue)),
    bankruptcyPrice: () => {
      const balance = contracts.div(String(inputs.liquidationPriceReported)).minus(inCoin(value)).plus(inCoin(value).times(rate));
      const { position } = assessLegs(rules, [leg], balance);
      // The balance was taken from the reported price: the engine finds it again.
      const found = numberOf(position.liquidationPrice);
      if (!found.eq(String(inputs.liquidationPriceReported))) throw new Error(`liquidation price ${found}`);
      return position.bankruptcyPrice;
    },
  };
}

const solve: Solver = (item: Case) => {
  if (item.inputs.posCost !== undefined) return recorded(item);
  const { legs, assessed } = assessCase(rules, item);
  return { ...positionFigures(rules, legs, assessed), availableBalance: () => assessed.assessment.freeCollateral };
};

describeCases('bitmex vectors', vectorCases(new URL('./vectors/cases.json', import.meta.url)), solve, 15);
describeCases('bitmex collected cases', sharedCases('bitmex'), solve, 15);
