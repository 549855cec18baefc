/** The shape that goes with each state, so that colour is never alone. Drawn, not typed: fonts differ in these characters. */
import type { RiskState } from '../../store/types.ts';
import styles from './state-shape.module.css';

const PATHS: Readonly<Record<RiskState, string>> = {
  healthy: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9Z',
  watch: 'M6 1.2 11.2 10.6 0.8 10.6Z',
  warning: 'M6 0.6 11.4 6 6 11.4 0.6 6Z',
  'margin-call': 'M1.6 1.6h8.8v8.8h-8.8Z',
  liquidation: 'M2.6 0.8 6 4.2 9.4 0.8 11.2 2.6 7.8 6 11.2 9.4 9.4 11.2 6 7.8 2.6 11.2 0.8 9.4 4.2 6 0.8 2.6Z',
  bankrupt: 'M0.5 0.5h11v11h-11Z M3.7 2.3 2.3 3.7 4.6 6 2.3 8.3 3.7 9.7 6 7.4 8.3 9.7 9.7 8.3 7.4 6 9.7 3.7 8.3 2.3 6 4.6Z',
  stale: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9Z M6 3.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6Z',
  indeterminate: 'M0.8 5h2.8v2h-2.8Z M4.6 5h2.8v2h-2.8Z M8.4 5h2.8v2h-2.8Z',
};

export const shapePath = (state: RiskState): string => PATHS[state];

export function StateShape({ state, size = 12 }: { readonly state: RiskState; readonly size?: number }) {
  return (
    <svg className={styles.shape} data-state={state} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <path d={PATHS[state]} fillRule="evenodd" />
    </svg>
  );
}
