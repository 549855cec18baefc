/** The state of an account in one sentence: fact and cause, no advice. */
import type { AccountView } from '../../store/types.ts';
import { formatPercent } from '../format/number.ts';
import { formatPrice, liquidationRounding, priceDecimals } from '../format/price.ts';
import { longReason, STATE_WORDS, shortReason } from '../format/words.ts';
import { nearestPosition } from './nearest.ts';

const together = (account: AccountView): string => {
  const shock = account.cells.uniformShock;
  if (shock.reason !== '') {
    if (shock.reason === 'never') return 'no common move of all prices liquidates it';
    return `distance to liquidation ${shortReason(shock.reason)}`;
  }
  const size = formatPercent(shock.text.replace(/^-/, ''), 1, 'floor');
  return `${size} from liquidation if all prices ${shock.text.startsWith('-') ? 'fall' : 'rise'} together`;
};

const alone = (account: AccountView): string => {
  const { positions } = account;
  const at = nearestPosition(positions);
  if (at < 0 || positions.markPrice.reason[at] !== '') return '';
  const decimals = priceDecimals(positions.markPrice.value[at]!);
  const side = positions.side[at]!;
  const price = formatPrice(positions.liquidationPrice.text[at]!, decimals, liquidationRounding(side));
  const now = formatPrice(positions.markPrice.text[at]!, decimals);
  return ` Alone, ${positions.base[at]} liquidates at ${price} (${account.riskPrice} ${now}).`;
};

/** `Watch: 12.4 % from liquidation if all prices fall together. Alone, BTC liquidates at 58,120 (mark 61,960).` */
export const statementOf = (account: AccountView): string => {
  const word = STATE_WORDS[account.riskState];
  const unknown = account.indeterminate[0];
  if (account.riskState === 'indeterminate' && unknown) return `${word}: ${unknown.subject} – ${longReason(unknown.reason)}.`;
  if (account.riskState === 'bankrupt') return `${word}: equity is gone; losses are larger than the collateral.`;
  if (account.riskState === 'liquidation') return `${word}: equity is below what the venue asks for.${alone(account)}`;
  if (account.kind === 'lending' && account.cells.healthFactor.reason === 'no-debt') return `${word}: nothing is owed.`;
  return `${word}: ${together(account)}.${alone(account)}`;
};
