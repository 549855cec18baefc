/** A working as plain text for the screen. */
import type { MarginTier } from '../domain/book.ts';
import type { Figure } from '../domain/outcome.ts';
import type { Working } from '../engine/explain/types.ts';
import type { WorkingView } from './protocol.ts';

const textOf = (figure: Figure): string => (figure.ok ? figure.value.toFixed() : '');
const reasonOf = (figure: Figure): string => (figure.ok ? '' : figure.reason);

/** `working` with every Decimal as its exact text. */
export const workingView = (working: Working): WorkingView => ({
  figure: working.figure,
  subject: working.subject,
  formula: working.formula,
  terms: working.terms.map(({ symbol, name, value, unit, origin, at }) => ({
    symbol,
    name,
    text: textOf(value),
    reason: reasonOf(value),
    unit,
    origin,
    at: at ?? '',
  })),
  tier: working.tier ? tierText(working.tier) : '',
  rounding: working.rounding,
  text: textOf(working.result),
  reason: reasonOf(working.result),
  rule: working.rule,
  sources: working.sources,
});

/** One row of a margin table in words; rates are fractions. */
function tierText({ notionalFloor, maxLeverage, maintenanceMarginRate, maintenanceDeduction }: MarginTier): string {
  const parts = [`from ${notionalFloor.toFixed()}`];
  if (maxLeverage) parts.push(`maximum leverage ${maxLeverage.toFixed()}`);
  parts.push(`maintenance margin rate ${maintenanceMarginRate.toFixed()}`);
  if (maintenanceDeduction && !maintenanceDeduction.isZero()) parts.push(`deduction ${maintenanceDeduction.toFixed()}`);
  return parts.join(', ');
}
