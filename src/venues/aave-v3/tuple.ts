/** The six words of Pool.getUserAccountData (AV-43). */
import { none, some } from '../../domain/outcome.ts';
import type { AccountData } from './account-data.ts';

const WORD_DIGITS = 64;
/** What the chain answers as the health factor of an account without debt. */
const NO_DEBT_WORD = 2n ** 256n - 1n;

/**
 * Total collateral, total debt, available borrows (base currency, 8 decimals), average threshold and loan-to-value (basis points), health
 * factor (wad), from `answer`: 0x and six words of 32 bytes, checked by its reader. Throws `RangeError` for another length.
 */
export function decodeAccountData(answer: string): AccountData {
  if (answer.length !== 2 + 6 * WORD_DIGITS) throw new RangeError('getUserAccountData answers six words of 32 bytes');
  const word = (i: number): bigint => BigInt(`0x${answer.slice(2 + i * WORD_DIGITS, 2 + (i + 1) * WORD_DIGITS)}`);
  const healthFactor = word(5);
  return {
    totalCollateralBase: word(0),
    totalDebtBase: word(1),
    availableBorrowsBase: word(2),
    liquidationThresholdBps: word(3),
    loanToValueBps: word(4),
    healthFactor: healthFactor === NO_DEBT_WORD ? none('no-debt') : some(healthFactor),
  };
}
