/** The working of a position's figures. */
import { type Figure, map, none, some } from '../../domain/outcome.ts';
import { movingCollateral, roundingOf } from '../liquidation/price.ts';
import { bankruptcyFeeRate } from '../margin/leg.ts';
import type { PoolSums } from '../margin/pool.ts';
import type { Leg, Pool } from '../resolve.ts';
import type { VenueRules } from '../rules.ts';
import type { PositionAssessment, PositionFigureName } from '../types.ts';
import type { Recipe } from './pool.ts';
import type { WorkingTerm } from './types.ts';

export interface PositionContext {
  readonly leg: Leg;
  /** Place of the leg in its pool. */
  readonly at: number;
  readonly pool: Pool;
  readonly sums: PoolSums;
  readonly assessment: PositionAssessment;
  readonly rules: VenueRules;
  readonly unit: string;
  readonly markTime: string;
}

/** Formula, rule and terms of one figure of a position. */
export function positionRecipe(name: PositionFigureName, context: PositionContext): Recipe {
  const { leg, unit, rules } = context;
  const inverse = leg.instrument.contract === 'inverse';
  const perBase = `${leg.instrument.quote}/${leg.instrument.base}`;
  const q = term(
    'q',
    'size × contract size',
    some(leg.position.size.times(leg.instrument.contractSize)),
    inverse ? leg.instrument.quote : leg.instrument.base,
    'book',
  );
  const e = term('e', 'entry price', some(leg.position.entryPrice), perBase, 'book');
  const p = { ...term('P', `${rules.riskPrice} price`, leg.mark, perBase, 'feed or book'), at: context.markTime };
  const L = leverageTerm(context);
  const profit = inverse ? 'q × (1/e − 1/P)' : 'q × (P − e)';
  const own = (symbol: string, label: string, figure: PositionFigureName): WorkingTerm =>
    term(symbol, label, context.assessment[figure], perBase, `${figure} of the position`);
  switch (name) {
    case 'notional':
      return { formula: inverse ? 'N = |q| ÷ P × settle price' : 'N = |q| × P', rule: 'PF-2', terms: [q, p] };
    case 'unrealizedPnl':
      return { formula: `U = ${profit}`, rule: 'PF-1', terms: [q, p, e] };
    case 'initialMargin':
      return {
        formula: leg.rules.initialLeverage === 'own-equity' ? 'IM = equity of the isolated position' : 'IM = N ÷ L + closing fee',
        rule: 'MR-6',
        terms: [term('N', 'notional', context.assessment.notional, unit, 'position'), L],
      };
    case 'maintenanceMargin':
      return {
        formula: 'MM = r × N − d + φ × N',
        rule: 'MR-3',
        terms: [...rateTerms(context, context.assessment.tier), term('N', 'notional', context.assessment.notional, unit, 'position')],
      };
    case 'liquidationPrice':
      return threshold(liquidationFormula(context, profit), 'LQ-1', [
        q,
        e,
        p,
        ...poolTerms(context),
        ...rateTerms(context, context.assessment.tierAtLiquidation),
        ...constantFeeTerms(context),
        ...movingTerms(context),
        ...otherLegTerms(context, perBase),
        ...tickTerms(context, perBase),
      ]);
    case 'liquidationDistance':
      return { formula: 'distance = side × (P − x) ÷ P', rule: 'LQ-4', terms: [p, own('x', 'liquidation price', 'liquidationPrice')] };
    case 'backstopPrice':
      return threshold(`E₀ + ${profit.replaceAll('P', 'x')} = share × (MM(x) + MMₒ)`, 'LQ-6', [
        q,
        e,
        p,
        ...poolTerms(context),
        term(
          'share',
          'share of maintenance',
          rules.backstopShare ? some(rules.backstopShare) : none('not-applicable'),
          'fraction',
          'venue',
        ),
      ]);
    case 'bankruptcyPrice':
      return threshold(bankruptcyFormula(context, profit), 'LQ-7', [
        q,
        e,
        p,
        ...poolTerms(context).slice(0, 1),
        ...movingTerms(context),
        ...(leg.rules.fee === 'taker-at-bankruptcy-price'
          ? [term('f', 'taker fee rate', some(leg.takerFeeRate), 'fraction', 'venue')]
          : []),
      ]);
    case 'returnOnEquity':
      return {
        formula: 'return = U ÷ (N(e) ÷ L)',
        rule: 'PF-6',
        terms: [term('U', 'unrealized profit', context.assessment.unrealizedPnl, unit, 'position'), q, e, L],
      };
  }
}

/** The leverage that the initial margin is taken by: the chosen one, or the row's maximum where none counts (MR-6). */
function leverageTerm({ leg, assessment }: PositionContext): WorkingTerm {
  const { tier } = assessment;
  const chosen = leg.rules.initialLeverage === 'tier' ? undefined : leg.position.leverage;
  const isCapped =
    leg.rules.initialLeverage === 'chosen-within-tier' && tier.ok && tier.value.maxLeverage && chosen?.gt(tier.value.maxLeverage);
  if (chosen && !isCapped) return term('L', 'chosen leverage', some(chosen), '×', 'book');
  if (!tier.ok) return term('L', 'maximum leverage of the row', tier, '×', 'tier row');
  return term(
    'L',
    'maximum leverage of the row',
    tier.value.maxLeverage ? some(tier.value.maxLeverage) : none('not-applicable'),
    '×',
    'tier row',
  );
}

const threshold = (formula: string, rule: string, terms: readonly WorkingTerm[]): Recipe => ({ formula, rule, terms });

/** Which notional the requirement stands on while x is sought (MR-1). */
const BASIS_NOTIONAL = { price: 'N(x)', entry: 'N(e)', frozen: 'N(P)' } as const;

function liquidationFormula({ leg, pool }: PositionContext, profit: string): string {
  const n = BASIS_NOTIONAL[leg.rules.basis];
  const fee = leg.rules.fee === 'taker-at-bankruptcy-price' ? ' + F' : '';
  const legs = pool.legs.filter((other) => other.instrument.id === leg.instrument.id).length;
  const summed = legs > 1 ? `, summed over the ${legs} legs of this market` : '';
  return `E₀ + ${profit.replaceAll('P', 'x')}${movesIn(leg, pool)} = r × ${n} − d + φ × ${n}${fee} + MMₒ, in the tier that holds at x${summed}`;
}

const bankruptcyFormula = ({ leg, pool }: PositionContext, profit: string): string =>
  `E₀ + ${profit.replaceAll('P', 'x')}${movesIn(leg, pool)} = ${leg.rules.fee === 'taker-at-bankruptcy-price' ? 'f × N(x)' : '0'}`;

/** What collateral in the market's own base asset adds, where it moves with the price sought (LQ-8). */
const movesIn = (leg: Leg, pool: Pool): string => {
  const moving = movingCollateral(leg, pool);
  return moving.ok && !moving.value.isZero() ? ' + c × (x − P)' : '';
};

const movingTerms = ({ leg, pool }: PositionContext): WorkingTerm[] =>
  movesIn(leg, pool) === ''
    ? []
    : [term('c', "collateral in the market's own asset", movingCollateral(leg, pool), leg.instrument.base, 'book')];

/** F: the fee at the bankruptcy price, where the venue counts it as a constant (MR-2). */
const constantFeeTerms = ({ leg, sums, at, unit }: PositionContext): WorkingTerm[] =>
  leg.rules.fee === 'taker-at-bankruptcy-price'
    ? [term('F', 'closing fee at the bankruptcy price', sums.legFees[at] as Figure, unit, 'position')]
    : [];

/** q and e of the other legs of the market, which move with it (LQ-1). */
const otherLegTerms = ({ leg, pool }: PositionContext, perBase: string): WorkingTerm[] =>
  pool.legs
    .filter((other) => other !== leg && other.instrument.id === leg.instrument.id)
    .flatMap((other, i) => {
      const size = other.position.size.times(other.instrument.contractSize);
      return [
        term(`q${i + 2}`, 'size × contract size of the other leg', some(size), other.instrument.base, 'book'),
        term(`e${i + 2}`, 'entry price of the other leg', some(other.position.entryPrice), perBase, 'book'),
      ];
    });

/** The tick, where the published price depends on it (LQ-5). */
const tickTerms = ({ leg, rules }: PositionContext, unit: string): WorkingTerm[] =>
  leg.priceTick && roundingOf(leg, rules) !== 'none' ? [term('tick', 'price tick', some(leg.priceTick), unit, 'book or venue')] : [];

const term = (symbol: string, name: string, value: Figure, unit: string, origin: string): WorkingTerm => ({
  symbol,
  name,
  value,
  unit,
  origin,
});

function rateTerms(context: PositionContext, tier: PositionAssessment['tier']): WorkingTerm[] {
  const table = context.leg.table;
  const deduction: Figure =
    tier.ok && table.ok
      ? some((table.value.tiers.find((row) => row.source === tier.value) ?? table.value.tiers[0])?.deduction ?? tier.value.notionalFloor)
      : none('missing-tiers');
  const fee = bankruptcyFeeRate(context.leg).plus(context.leg.rules.fee === 'taker' ? context.leg.takerFeeRate : 0);
  return [
    term(
      'r',
      'maintenance margin rate',
      map(tier, (row) => row.maintenanceMarginRate),
      'fraction',
      'tier row',
    ),
    term('d', 'maintenance deduction', deduction, context.unit, 'tier row'),
    term('φ', 'closing fee inside the requirement', some(fee), 'fraction', 'venue'),
  ];
}

/** E₀: the pool's equity without this market's own profit; MMₒ: what every other leg and holding requires. */
function poolTerms(context: PositionContext): WorkingTerm[] {
  const { pool, sums, leg } = context;
  let rest: Figure = sums.collateral;
  let required: Figure = some(pool.maintenanceMarginOther);
  const plus = (a: Figure, b: Figure): Figure => (a.ok ? (b.ok ? some(a.value.plus(b.value)) : b) : a);
  pool.legs.forEach((other, i) => {
    if (other.instrument.id === leg.instrument.id) return;
    rest = plus(rest, sums.legPnl[i] as Figure);
    required = plus(plus(required, sums.legMaintenance[i] as Figure), sums.legFees[i] as Figure);
  });
  return [
    term('E₀', 'collateral and profit of everything else in the pool', rest, context.unit, 'pool'),
    term('MMₒ', 'requirement of everything else in the pool', required, context.unit, 'pool'),
  ];
}
