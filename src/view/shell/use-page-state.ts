import { useEffect } from 'react';
import { selectAccount, selectAlarmCount, selectIsWhatIf, selectRiskState, selectWhatIf } from '../../store/selectors.ts';
import type { AccountView, WhatIfState } from '../../store/types.ts';
import { STATE_WORDS } from '../format/words.ts';
import { FIGURES, figureText } from '../margin/figures.ts';
import { useApp, useAppEvery } from '../shared/app-context.tsx';

const INTERVAL_MS = 1000;

/** `SIM · (2) Warning 0.52 · Plimsoll`: how many alarms stand and the state first, for narrow tabs and for those who watch titles. */
export const titleOf = (account: AccountView | null, whatIf: WhatIfState | null, alarmCount = ''): string => {
  if (!account) return 'Plimsoll';
  const ratio = figureText(FIGURES.marginRatio, account.cells.marginRatio).shown;
  return `${whatIf ? 'SIM · ' : ''}${alarmCount === '' ? '' : `(${alarmCount}) `}${STATE_WORDS[account.riskState]} ${ratio} · Plimsoll`;
};

/** Puts the state on the root and into the title, where people and scripts poll for it. */
export function usePageState(): void {
  const account = useAppEvery(selectAccount, INTERVAL_MS);
  const whatIf = useAppEvery(selectWhatIf, INTERVAL_MS);
  const [alarmCount = '', level = ''] = useApp(selectAlarmCount).split(' ');
  useEffect(() => {
    document.title = titleOf(account, whatIf, alarmCount);
  }, [account, whatIf, alarmCount]);
  useEffect(() => {
    document.documentElement.dataset.riskLevel = level || 'healthy';
  }, [level]);
  const riskState = useApp(selectRiskState);
  const isWhatIf = useApp(selectIsWhatIf);
  useEffect(() => {
    const { dataset } = document.documentElement;
    if (riskState) dataset.riskState = riskState;
    else delete dataset.riskState;
    dataset.whatIf = String(isWhatIf);
  }, [riskState, isWhatIf]);
}
