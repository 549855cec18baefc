/** A figure of an account as it is shown here: struck through and hatched where it may be out of date. */
import type { FigureCell } from '../../store/types.ts';
import { formatMoney } from '../desk/money.ts';
import { formatExact, type Rounding } from '../format/number.ts';
import { formatPrice, priceDecimals } from '../format/price.ts';
import { longReason, shortReason } from '../format/words.ts';
import type { FigureText } from '../margin/figures.ts';
import panel from '../ui/panel.module.css';

interface FigureProps {
  readonly text: FigureText;
  readonly isStale: boolean;
}

export function Figure({ text, isStale }: FigureProps) {
  return (
    <span data-figure="" data-known={text.hasNumber} title={text.full}>
      {isStale && text.hasNumber ? (
        <>
          <s>{text.shown}</s>
          <span className={panel.hidden}> no longer valid</span>
        </>
      ) : (
        text.shown
      )}
    </span>
  );
}

/** An amount without cents where they say nothing; every digit behind. */
export const wholeFigure = (cell: FigureCell, rounding: Rounding, isSigned = false): FigureText =>
  cell.reason === ''
    ? {
        shown: `${isSigned && cell.value > 0 ? '+' : ''}${formatMoney(cell.text, rounding)}`,
        full: formatExact(cell.text),
        hasNumber: true,
      }
    : { shown: shortReason(cell.reason), full: longReason(cell.reason), hasNumber: false };

/** A price with the decimals that its market is written with. */
export const priceFigure = (cell: FigureCell, reference: FigureCell): FigureText =>
  cell.reason === ''
    ? {
        shown: formatPrice(cell.text, priceDecimals(reference.reason === '' ? reference.value : cell.value)),
        full: formatExact(cell.text),
        hasNumber: true,
      }
    : { shown: shortReason(cell.reason), full: longReason(cell.reason), hasNumber: false };
