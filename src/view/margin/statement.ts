/** The state of an account in one sentence: fact and cause, no advice. */
import type { AccountView } from '../../store/types.ts';
import { formatDistance } from '../format/number.ts';
import { formatPrice, liquidationRounding, priceDecimals } from '../format/price.ts';
import { STATE_WORDS, shortReason } from '../format/words.ts';
import { nearestPosition } from './nearest.ts';
import { poolName, type Shown, worseThan } from './pools.ts';

const together = ({ cells }: Shown): string => {
  const shock = cells.uniformShock;
  if (shock.reason === 'never') return 'no common move of all prices liquidates it';
  if (shock.reason === 'no-position') return 'there is no open position';
  if (shock.reason !== '') return `its distance to liquidation: ${shortReason(shock.reason)}`;
  const size = formatDistance(shock.text.replace(/^-/, ''));
  return `${size} from liquidation if all prices ${shock.text.startsWith('-') ? 'fall' : 'rise'} together`;
};

const alone = ({ positions, riskPrice }: AccountView, shown: Shown): string => {
  const at = nearestPosition(positions, shown.covers);
  if (at < 0 || positions.markPrice.reason[at] !== '') return '';
  const decimals = priceDecimals(positions.markPrice.value[at]!);
  const price = formatPrice(positions.liquidationPrice.text[at]!, decimals, liquidationRounding(positions.side[at]!));
  const now = formatPrice(positions.markPrice.text[at]!, decimals);
  return ` Alone, ${positions.base[at]} liquidates it at ${price} (${riskPrice} ${now}).`;
};

/** What is shown, without the other pools. */
export const ownStatement = (account: AccountView, shown: Shown): string => {
  const word = STATE_WORDS[shown.riskState];
  if (shown.riskState === 'indeterminate') return `${word}: without what is missing nobody can say how far liquidation is.`;
  if (shown.riskState === 'bankrupt') return `${word}: equity is gone; losses are larger than the collateral.`;
  if (shown.riskState === 'liquidation') return `${word}: equity no longer covers what the venue asks for.`;
  if (account.kind === 'lending' && shown.cells.healthFactor.reason === 'no-debt') return `${word}: nothing is owed.`;
  return `${word}: ${together(shown)}.${alone(account, shown)}`;
};

/** Pools that are worse off than what is shown. */
export const worseWords = (account: AccountView, shown: Shown): string =>
  worseThan(account, shown)
    .map(({ id, riskState }) => ` But ${poolName(id)}: ${STATE_WORDS[riskState].toLowerCase()}.`)
    .join('');

/** `Watch: 12.4 % from liquidation if all prices fall together. Alone, BTC liquidates it at 58,120 (mark 61,960).` */
export const statementOf = (account: AccountView, shown: Shown): string => ownStatement(account, shown) + worseWords(account, shown);
