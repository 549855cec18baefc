/**
 * A response is one instant: without meta, what its rows give must be what it reports (DY-25). Otherwise rows are missing, or the bundled
 * fractions are of another time, and every requirement would be wrong.
 */
import type { Instrument } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { dydxV4Rules } from './rules.ts';
import { instrumentId, openPositions, quoteBalance, signedSize } from './subaccount.ts';
import type { SubaccountResponse } from './wire.ts';

/** Room for the indexer's own rounding: a cent, or a millionth of the notional. */
const CENT = new Decimal('0.01');
const MILLIONTH = new Decimal('1e-6');

interface Rows {
  readonly equity: Decimal;
  readonly grossNotional: Decimal;
  /** Undefined where a market is not bundled. */
  readonly initialMargin: Decimal | undefined;
}

/**
 * Equity = quote balance + Σ size × oracle price, and equity − free collateral = Σ bundled fraction × notional. A subaccount that does not
 * report a total, or no requirement beside open positions, says nothing. Throws `InputError` at the total that disagrees.
 */
export function refuseDisagreement(subaccounts: readonly SubaccountResponse[], instruments: ReadonlyMap<string, Instrument>): void {
  for (const subaccount of subaccounts) {
    const rows = sumRows(subaccount, instruments);
    if (!rows) continue;
    const { equity, freeCollateral, pointer } = subaccount;
    const room = Decimal.max(CENT, rows.grossNotional.times(MILLIONTH));
    const differs = (reported: Decimal, computed: Decimal): boolean => reported.minus(computed).abs().gt(room);
    if (equity && differs(equity, rows.equity)) {
      const message = `reports an equity of ${shown(equity)}, its balance and positions give ${shown(rows.equity)}`;
      throw new InputError([{ pointer: `${pointer}/equity`, message }]);
    }
    if (!equity || !freeCollateral || equity.eq(freeCollateral) || !rows.initialMargin) continue;
    const reported = equity.minus(freeCollateral);
    if (!differs(reported, rows.initialMargin)) continue;
    const message =
      `leaves an initial margin of ${shown(reported)}, the bundled fractions give ${shown(rows.initialMargin)}: ` +
      'they are of another time, give the response of /v4/perpetualMarkets as meta';
    throw new InputError([{ pointer: `${pointer}/freeCollateral`, message }]);
  }
}

const shown = (value: Decimal): string => value.toSignificantDigits(12).toFixed();

/** Undefined where the price of a position is not known. */
function sumRows(subaccount: SubaccountResponse, instruments: ReadonlyMap<string, Instrument>): Rows | undefined {
  let equity = quoteBalance(subaccount);
  let grossNotional = ZERO;
  let initialMargin: Decimal | undefined = ZERO;
  for (const [position] of openPositions(subaccount)) {
    const instrument = instruments.get(instrumentId(position.market)) as Instrument;
    if (!instrument.markPrice) return undefined;
    const value = signedSize(position).times(instrument.markPrice);
    const fraction = dydxV4Rules.marginTable(instrument)?.initialMarginRate;
    equity = equity.plus(value);
    grossNotional = grossNotional.plus(value.abs());
    initialMargin = fraction && initialMargin?.plus(value.abs().times(fraction));
  }
  return { equity, grossNotional, initialMargin };
}
