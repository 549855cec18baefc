/**
 * A venue's own figure beside ours, and the reason where they differ as far as the book shows one (rules DG-1…DG-5 of docs/spec/addresses.md).
 */
import type { Account } from '../domain/book.ts';
import type { Figure } from '../domain/outcome.ts';
import { Decimal, ONE } from '../domain/units.ts';
import type { AccountAssessment } from '../engine/types.ts';

/** What the venue says of an account; null: it says that there is none. Left out: it does not say. */
export interface TheirFigures {
  readonly equity?: string;
  readonly maintenanceMargin?: string;
  readonly freeCollateral?: string;
  readonly healthFactor?: string | null;
  /** Where the venue is known to compute a figure otherwise than we do: why. */
  readonly reasons?: { readonly freeCollateral?: 'tier' };
  readonly positions: readonly { readonly instrument: string; readonly liquidationPrice: string | null }[];
}

/** Why two figures differ, as far as it can be seen. */
export type DisagreementReason =
  /** Within the rounding that venues print with. */
  | 'rounding'
  /** The venue asks for holdings or open orders that its answer does not list. */
  | 'unlisted requirements'
  /** The venue takes another step of its margin table, or a fraction without what raises it. */
  | 'tier'
  /** Ours has no number for want of data. */
  | 'data is missing here'
  /** The venue prints none where ours is a price far from the mark, or the other way round. */
  | 'one has no price'
  | 'not explained';

export interface Comparison {
  /** `equity`, `healthFactor`, or an instrument's liquidation price. */
  readonly figure: string;
  readonly instrument?: string;
  readonly ours: string | null;
  readonly theirs: string | null;
  /** ours ÷ theirs − 1, signed; null where one of them is none. */
  readonly gap: string | null;
  /** Absent where they agree to `AGREES`. */
  readonly reason?: DisagreementReason;
}

const STATED = ['equity', 'maintenanceMargin', 'freeCollateral', 'healthFactor'] as const;

/** Relative gap up to which two figures are the same: recorded answers of venues agree to this (DG-1). */
const AGREES = new Decimal('1e-6');
/** What a venue's printed digits can hide: it rounds prices and amounts to its own places. */
const ROUNDING = new Decimal('1e-4');

/** Reasons of ours that mean: data is missing, so nothing can be said of the difference. */
const isMissing = (ours: Figure): boolean =>
  !ours.ok && (ours.reason.startsWith('missing') || ours.reason === 'stale-mark' || ours.reason === 'unsupported');

/** One figure of both. `known`: why they may differ beyond rounding. */
function compare(figure: string, ours: Figure, theirs: string | null, known: DisagreementReason): Omit<Comparison, 'instrument'> {
  const own = ours.ok ? ours.value : undefined;
  const other = theirs === null ? undefined : new Decimal(theirs);
  const gap = own && other && !other.isZero() ? own.div(other).minus(ONE) : null;
  const agrees =
    (own === undefined && other === undefined && !isMissing(ours)) || (own?.isZero() && other?.isZero()) || gap?.abs().lte(AGREES);
  return {
    figure,
    ours: own?.toString() ?? null,
    theirs,
    gap: gap?.toString() ?? null,
    ...(agrees ? {} : { reason: reasonOf(ours, gap, known) }),
  };
}

function reasonOf(ours: Figure, gap: Decimal | null, known: DisagreementReason): DisagreementReason {
  if (isMissing(ours)) return 'data is missing here';
  if (gap === null) return 'one has no price';
  if (gap.abs().lte(ROUNDING)) return 'rounding';
  return known;
}

/** Compares what both state of one account; figures that the venue does not state are left out. Figures in the account's unit, prices in quote per base. */
export function compareFigures(assessment: AccountAssessment, account: Account, theirs: TheirFigures): Comparison[] {
  const hasUnlisted = account.maintenanceMarginOther !== undefined && !account.maintenanceMarginOther.isZero();
  const known = hasUnlisted ? 'unlisted requirements' : 'not explained';
  const stated = STATED.flatMap((figure) => {
    const said = theirs[figure];
    return said === undefined
      ? []
      : [compare(figure, assessment[figure], said, (figure === 'freeCollateral' && theirs.reasons?.freeCollateral) || known)];
  });
  const prices = theirs.positions.flatMap(({ instrument, liquidationPrice }) => {
    const found = assessment.positions.find((position) => position.instrument === instrument);
    return found ? [{ ...compare('liquidationPrice', found.liquidationPrice, liquidationPrice, known), instrument }] : [];
  });
  return [...stated, ...prices];
}
