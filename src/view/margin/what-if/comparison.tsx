/** Before → after for every headline figure. The left column is live, the right one belongs to the what-if alone. */
import type { AccountView, FigureCell, PoolCells, RiskState } from '../../../store/types.ts';
import { formatFixed } from '../../format/number.ts';
import { STATE_WORDS } from '../../format/words.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import { FIGURES, type FigureSpec, figureText } from '../figures.ts';
import styles from './comparison.module.css';

const COMMON: readonly FigureSpec[] = [
  FIGURES.marginRatio,
  { ...FIGURES.uniformShock, label: 'Buffer, per cent' },
  { ...FIGURES.marginExcess, label: 'Buffer, money' },
  FIGURES.leverage,
  FIGURES.equity,
  FIGURES.grossNotional,
  FIGURES.unrealizedPnl,
  FIGURES.initialMargin,
  FIGURES.maintenanceMargin,
  FIGURES.freeCollateral,
];

/** In a narrow column cents are dropped from amounts this long (digits before the point), still rounded against the user. */
const LONG = 6;

const short = (spec: FigureSpec, cell: FigureCell): string => {
  const isMoney = spec.kind === 'money' || spec.kind === 'signed-money';
  const whole = cell.text.replace(/^-/, '').split('.')[0]?.length ?? 0;
  if (cell.reason === '' && isMoney && whole >= LONG && whole < 10) return formatFixed(cell.text, 0, spec.rounding);
  return figureText(spec, cell).shown;
};

function State({ state }: { readonly state: RiskState }) {
  return (
    <span className={styles.state} data-state={state}>
      <StateShape state={state} size={10} /> {STATE_WORDS[state]}
    </span>
  );
}

interface ComparisonProps {
  readonly before: { readonly cells: PoolCells; readonly riskState: RiskState };
  readonly after: { readonly cells: PoolCells; readonly riskState: RiskState };
  readonly kind: AccountView['kind'];
}

export function Comparison({ before, after, kind }: ComparisonProps) {
  const figures = kind === 'lending' ? [...COMMON, FIGURES.healthFactor] : COMMON;
  return (
    <table className={styles.table} aria-label="Before and after the what-if">
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">Live</th>
          <th scope="col">What-if</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">State</th>
          <td>
            <State state={before.riskState} />
          </td>
          <td>
            <State state={after.riskState} />
          </td>
        </tr>
        {figures.map((spec) => (
          <tr key={spec.name}>
            <th scope="row">{spec.label}</th>
            <td title={figureText(spec, before.cells[spec.name]).full}>{short(spec, before.cells[spec.name])}</td>
            <td className={styles.after} title={figureText(spec, after.cells[spec.name]).full}>
              {short(spec, after.cells[spec.name])}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
