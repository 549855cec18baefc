/** Totals of a response against its rows. Rules HL-13 and HL-14 of docs/spec/venues/hyperliquid.md. */
import type { Account } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal, ONE, ZERO } from '../../domain/units.ts';
import type { Holding } from './holding.ts';
import { maintenanceAtNotional } from './tables.ts';
import type { Envelope, StateResponse } from './wire.ts';

/** How far rows and totals may lie apart: the venue rounds row by row. */
const TOTALS_ABSOLUTE = new Decimal('0.01');
const TOTALS_RELATIVE = new Decimal('1e-6');

const sum = (amounts: readonly Decimal[]): Decimal => amounts.reduce((total, amount) => total.plus(amount), ZERO);

const agree = (a: Decimal, b: Decimal): boolean =>
  a
    .minus(b)
    .abs()
    .lte(TOTALS_ABSOLUTE.plus(Decimal.max(a.abs(), b.abs()).times(TOTALS_RELATIVE)));

/**
 * Requirements of cross positions that the response sums in its totals but does not list, settle currency; nothing when all are listed.
 * Refuses a response whose totals contradict its rows, or whose maintenance margin the margin tables do not reproduce (HL-13, HL-14).
 */
export function unlistedRequirements(
  envelope: Envelope,
  cross: readonly Holding[],
): Pick<Account, 'maintenanceMarginOther' | 'initialMarginOther'> {
  const { state, pointer } = envelope;
  const refuse = (field: string, message: string): never => {
    throw new InputError([{ pointer: `${pointer}/${field}`, message }]);
  };
  const listed = sum(cross.map(({ notional }) => notional));
  const total = state.crossMarginSummary.totalNtlPos ?? listed;
  const isComplete = agree(total, listed);
  if (!isComplete && total.lt(listed))
    refuse('crossMarginSummary/totalNtlPos', `is less than the ${listed.toFixed()} of the positions listed`);
  const served = state.crossMaintenanceMarginUsed ?? undefined;
  const maintenance = cross.every(({ tiers }) => tiers)
    ? sum(cross.map(({ tiers, notional }) => maintenanceAtNotional(tiers ?? [], notional)))
    : undefined;
  if (isComplete) {
    if (served && maintenance && !agree(served, maintenance))
      refuse(
        'crossMaintenanceMarginUsed',
        `the margin tables give ${maintenance.toFixed()}: they are not those of this response; state its own meta`,
      );
    return {};
  }
  if (!served) return refuse('crossMaintenanceMarginUsed', 'is required where not every position of totalNtlPos is listed');
  if (!maintenance) return {};
  return {
    maintenanceMarginOther: remainder(served, maintenance, 'crossMaintenanceMarginUsed', refuse),
    ...unlistedInitial(state, cross, refuse),
  };
}

type Refuse = (field: string, message: string) => never;

function unlistedInitial(state: StateResponse, cross: readonly Holding[], refuse: Refuse): Pick<Account, 'initialMarginOther'> {
  const field = 'crossMarginSummary/totalMarginUsed';
  const served = state.crossMarginSummary.totalMarginUsed ?? refuse(field, 'is required where not every position of totalNtlPos is listed');
  const listed = sum(cross.map(({ notional, position }) => notional.div(position.leverage ?? ONE)));
  return { initialMarginOther: remainder(served, listed, field, refuse) };
}

/** served − listed, ≥ 0; refuses a total below its own parts. */
function remainder(served: Decimal, listed: Decimal, field: string, refuse: Refuse): Decimal {
  if (served.gte(listed)) return served.minus(listed);
  return agree(served, listed) ? ZERO : refuse(field, `is less than the ${listed.toFixed()} of the positions listed`);
}
