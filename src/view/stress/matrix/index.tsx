/** The shock matrix: two axes of moves, and who is liquidated at every pair of them. */
import { useEffect, useState } from 'react';
import type { StressAxis, StressRequest, StressState, StressTask } from '../../../store/types.ts';
import { download } from '../../desk/download.ts';
import { formatCount } from '../../desk/money.ts';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import panel from '../../ui/panel.module.css';
import { useStress, useStressActions } from '../use-stress.ts';
import { type Subject, useSubject } from '../use-subject.ts';
import { ALL_OTHERS, ALL_OTHERS_SIGMA, axisOf, firstAxes, REACHES, SIGMA_OTHERWISE, SIGMA_REACHES } from './axes.ts';
import { HeatMap } from './heat-map.tsx';
import styles from './matrix.module.css';
import { MatrixTable } from './matrix-table.tsx';
import { besidesText, type Grid, MEASURES, type Measure, matrixCsv, matrixSentence } from './reading.ts';

type Task = StressTask<'stress-matrix'>;
const selectTask = ({ tasks }: StressState): Task => tasks['stress-matrix'];

/** Markets of the choosers: beyond, nobody reads the list. */
const CHOICES_MAX = 200;

const OTHERS: readonly (readonly [string, string])[] = [
  [ALL_OTHERS, 'Every other market alike'],
  [ALL_OTHERS_SIGMA, 'Every other market, in σ'],
];

export function MatrixPanel() {
  const subject = useSubject();
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby="stress-matrix-title">
      <h2 className={panel.title} id="stress-matrix-title">
        Shock matrix
      </h2>
      {subject.key === null || subject.markets.length === 0 ? (
        <p className={styles.note}>{subject.key === null ? subject.missing : 'Nothing is held that a price could move.'}</p>
      ) : (
        <Matrix key={subject.key} subject={subject} />
      )}
    </section>
  );
}

interface Axes {
  readonly x: string;
  readonly y: string;
  readonly reach: string;
}

const requestOf = ({ scope }: Subject, { x, y, reach }: Axes): StressRequest<'stress-matrix'> => ({
  kind: 'stress-matrix',
  x: axisOf(x, Number(reach)),
  y: axisOf(y, Number(reach)),
  subject: scope,
});

function Matrix({ subject }: { readonly subject: Subject }) {
  const { run, cancel } = useStressActions();
  const task = useStress(selectTask);
  const [first, second] = firstAxes(subject.markets);
  const [axes, setAxes] = useState<Axes>({ x: first, y: second, reach: '2' });
  const [measure, setMeasure] = useState<Measure>('equity');
  // What an earlier visit or another subject left is no answer of this panel.
  const [own, setOwn] = useState<StressRequest<'stress-matrix'> | null>(null);
  const ask = (next: Axes): void => {
    const request = requestOf(subject, next);
    setOwn(request);
    void run(request);
  };
  useEffect(() => () => void cancel('stress-matrix'), [cancel]);
  const change = (next: Axes): void => {
    setAxes(next);
    if (own) ask(next);
  };
  const isOwn = task.request !== null && task.request === own;
  const grid = isOwn && task.answers === own ? task.result : null;
  const shown: { x: StressAxis; y: StressAxis } = requestOf(subject, axes);
  const isRunning = isOwn && task.isRunning;
  return (
    <>
      <Chooser subject={subject} axes={axes} measure={measure} onAxes={change} onMeasure={setMeasure} />
      <div className={styles.buttons}>
        <Button look="primary" onClick={() => ask(axes)}>
          {grid || isRunning ? 'Draw the map again' : 'Draw the map'}
        </Button>
        {isRunning && <Button onClick={() => void cancel('stress-matrix')}>Stop</Button>}
        <span className={styles.state} role="status">
          {statusText(isRunning, grid)}
        </span>
        {grid && (
          <Button onClick={() => download('shock-matrix.csv', new Blob([matrixCsv(grid, shown, subject.unit)], { type: 'text/csv' }))}>
            CSV
          </Button>
        )}
      </div>
      {isOwn && task.faults.length > 0 && <FaultList faults={task.faults} />}
      {grid && <Whole grid={grid} axes={shown} measure={measure} subject={subject} />}
      <p className={styles.note}>
        A cell is one instant in which both moves happen at once, on top of the prices of the moment you asked: no funding, nobody trades,
        and nothing that these liquidations would start (that is the cascade). It counts margin pools that are past their line there and not
        now, so that an account with isolated positions may count more than once.
        {axes.y === ALL_OTHERS_SIGMA || axes.x === ALL_OTHERS_SIGMA
          ? ` σ is of a day: from daily closes of 2021 to 2026 for ten markets, assumed to be ${SIGMA_OTHERWISE * 100} % for others.`
          : ''}
      </p>
    </>
  );
}

function statusText(isRunning: boolean, grid: Grid | null): string {
  if (isRunning) return grid ? `${grid.xMoves.length} by ${grid.yMoves.length} points, being refined…` : 'Computing…';
  return grid ? `${grid.xMoves.length} by ${grid.yMoves.length} points${grid.isFinal ? '' : ', stopped'}` : '';
}

interface WholeProps {
  readonly grid: Grid;
  readonly axes: { readonly x: StressAxis; readonly y: StressAxis };
  readonly measure: Measure;
  readonly subject: Subject;
}

function Whole({ grid, axes, measure, subject }: WholeProps) {
  const [isOpen, setIsOpen] = useState(false);
  const besides = besidesText(grid);
  return (
    <>
      <p className={styles.finding}>{matrixSentence(grid, axes, subject.unit)}</p>
      <HeatMap grid={grid} axes={axes} measure={measure} unit={subject.unit} />
      {besides !== '' && <p className={styles.note}>{besides}</p>}
      <details className={styles.details} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary>All {formatCount(grid.accounts.length)} cells as a table</summary>
        {isOpen && <MatrixTable grid={grid} axes={axes} measure={measure} unit={subject.unit} />}
      </details>
    </>
  );
}

interface ChooserProps {
  readonly subject: Subject;
  readonly axes: Axes;
  readonly measure: Measure;
  readonly onAxes: (axes: Axes) => void;
  readonly onMeasure: (measure: Measure) => void;
}

function Chooser({ subject, axes, measure, onAxes, onMeasure }: ChooserProps) {
  const markets = subject.markets.slice(0, CHOICES_MAX).map((market) => [market, market] as const);
  const isOther = (choice: string): boolean => choice === ALL_OTHERS || choice === ALL_OTHERS_SIGMA;
  // The two axes move different prices: what one takes the other has not.
  const choicesBeside = (other: string) => [...markets.filter(([market]) => market !== other), ...(isOther(other) ? [] : OTHERS)];
  const hasSigma = axes.x === ALL_OTHERS_SIGMA || axes.y === ALL_OTHERS_SIGMA;
  const reaches = REACHES.map((reach, i): readonly [string, string] => [
    String(i),
    `±${reach * 100}\u202f%${hasSigma ? `, ±${SIGMA_REACHES[i]}\u202fσ` : ''}`,
  ]);
  return (
    <div className={styles.chooser}>
      <Choice label="Across" value={axes.x} choices={choicesBeside(axes.y)} onValue={(x) => onAxes({ ...axes, x })} />
      <Choice label="Up" value={axes.y} choices={choicesBeside(axes.x)} onValue={(y) => onAxes({ ...axes, y })} />
      <Choice label="Reach" value={axes.reach} choices={reaches} onValue={(reach) => onAxes({ ...axes, reach })} />
      <Choice
        label="Colour"
        value={measure}
        choices={MEASURES.map(({ value, text }) => [value, text] as const)}
        onValue={(value) => onMeasure(value as Measure)}
      />
    </div>
  );
}
