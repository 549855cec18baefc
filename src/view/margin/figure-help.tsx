/** What opens at a figure's name: one sentence, the formula, the whole number, and the way to its working. */
import { selectAccount, selectSource } from '../../store/selectors.ts';
import { formatAge } from '../format/time.ts';
import { useApp } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import styles from './figure-help.module.css';
import type { PoolFigureName } from './figures.ts';

interface Meaning {
  readonly formula: string;
  readonly sentence: string;
}

export const MEANINGS: Readonly<Record<PoolFigureName, Meaning>> = {
  equity: {
    formula: 'equity = balances + unrealized profit',
    sentence: 'What would be left if every position were closed at its present price.',
  },
  grossNotional: {
    formula: 'gross notional = Σ |size × price|',
    sentence: 'The value of all positions, long and short added together.',
  },
  netNotional: {
    formula: 'net notional = Σ size × price',
    sentence: 'The value of all positions, short ones taken off.',
  },
  leverage: {
    formula: 'leverage = gross notional ÷ equity',
    sentence: 'How many times the equity the positions are worth.',
  },
  netLeverage: {
    formula: 'net leverage = |net notional| ÷ equity',
    sentence: 'Leverage after long and short positions are set against each other.',
  },
  initialMargin: {
    formula: 'initial margin = Σ notional × initial rate',
    sentence: 'What the venue asks for before it lets a position be opened or enlarged.',
  },
  maintenanceMargin: {
    formula: 'maintenance = Σ (notional × rate − deduction)',
    sentence: 'The equity below which the venue starts to liquidate.',
  },
  liquidationFees: {
    formula: 'fees = Σ notional × fee rate',
    sentence: 'Closing fees that the venue adds to maintenance in its liquidation test.',
  },
  marginRatio: {
    formula: 'margin ratio = (maintenance + fees) ÷ equity',
    sentence: 'The share of equity that maintenance takes up; at 1 the account is liquidated.',
  },
  healthFactor: {
    formula: 'health factor = Σ (collateral × threshold) ÷ debt',
    sentence: 'How many times the debt is covered by collateral counted at its liquidation threshold; below 1 it is liquidated.',
  },
  marginExcess: {
    formula: 'buffer = equity − maintenance − fees',
    sentence: 'The loss that can still be borne before liquidation.',
  },
  freeCollateral: {
    formula: 'free collateral = equity − initial margin',
    sentence: 'Equity that no open position asks for; below zero nothing can be opened.',
  },
  withdrawable: {
    formula: 'withdrawable: the rule of the venue',
    sentence: 'What the venue would let leave the account now.',
  },
  unrealizedPnl: {
    formula: 'unrealized profit = Σ size × (price − entry)',
    sentence: 'Profit or loss of the open positions at the present price.',
  },
  uniformShock: {
    formula: 'the move x of all prices where equity(x) = maintenance(x)',
    sentence: 'How far all prices must move together, the worse way, to liquidate the account.',
  },
  uniformShockDown: {
    formula: 'the fall x of all prices where equity(x) = maintenance(x)',
    sentence: 'How far all prices must fall together to liquidate the account.',
  },
  uniformShockUp: {
    formula: 'the rise x of all prices where equity(x) = maintenance(x)',
    sentence: 'How far all prices must rise together to liquidate the account.',
  },
};

/** ST-3: how old the oldest price behind the figure is. The account's own figures are those of all its pools. */
function OldestInput({ pool }: { readonly pool: string | undefined }) {
  const account = useApp(selectAccount);
  const source = useApp(selectSource);
  const of = account?.pools.find(({ id }) => id === pool) ?? account;
  const ageMs = (source?.clockMs ?? Number.NaN) - (of?.oldestInputMs ?? Number.NaN);
  if (!of || source?.kind === 'none' || Number.isNaN(ageMs)) return null;
  return (
    <p>
      Oldest price behind it: {of.oldestInputSubject}, {formatAge(Math.abs(ageMs))} {ageMs < 0 ? 'ahead' : 'old'}, {of.freshness}.
    </p>
  );
}

interface FigureHelpProps {
  readonly name: PoolFigureName;
  /** Pool whose figure this is; absent for the account's. */
  readonly pool?: string | undefined;
  /** Every digit with its unit, or why there is no number. */
  readonly full: string;
  readonly onWorking: () => void;
}

export function FigureHelp({ name, full, pool, onWorking }: FigureHelpProps) {
  const { formula, sentence } = MEANINGS[name];
  return (
    <div className={styles.help}>
      <p>{sentence}</p>
      <p className={styles.formula}>{formula}</p>
      <p className={styles.full}>{full}</p>
      <OldestInput pool={pool} />
      <Button onClick={onWorking}>Show working</Button>
    </div>
  );
}
