/** The working of one figure as one line of JSON (rule BF-25). Numbers and reasons as in `assessment-json.ts`. */
import type { MarginTier } from '../domain/book.ts';
import type { Working } from '../engine/explain/types.ts';
import { decimalText, figureFields, type Json } from './assessment-json.ts';

/** One line, without its line break. */
export const workingLine = (account: string, working: Working): string =>
  JSON.stringify({
    account,
    figure: working.figure,
    subject: working.subject,
    ...figureFields({ value: working.result }, ['value']),
    formula: working.formula,
    terms: working.terms.map((term) => ({
      symbol: term.symbol,
      name: term.name,
      ...figureFields({ value: term.value }, ['value']),
      unit: term.unit,
      origin: term.origin,
      ...(term.at === undefined ? {} : { at: term.at }),
    })),
    ...(working.tier ? { tier: tierEntry(working.tier) } : {}),
    rounding: working.rounding,
    rule: working.rule,
    sources: working.sources,
  });

const tierEntry = (tier: MarginTier): Json => ({
  notionalFloor: decimalText(tier.notionalFloor),
  ...(tier.maxLeverage ? { maxLeverage: decimalText(tier.maxLeverage) } : {}),
  maintenanceMarginRate: decimalText(tier.maintenanceMarginRate),
  ...(tier.maintenanceDeduction ? { maintenanceDeduction: decimalText(tier.maintenanceDeduction) } : {}),
});
