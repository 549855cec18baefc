/** History: how the account did since it is kept, what its positions cost, and what holding them takes. */
import { type ChangeEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import { selectAccount, selectTimeZone } from '../../store/selectors.ts';
import type { AccountView, BasisRow, CostMethodName, Fault, PerformanceView, Studies } from '../../store/types.ts';
import { TextField } from '../dialogs/text-field.tsx';
import { formatFixed, formatPercent } from '../format/number.ts';
import { useActions, useApp, useAppStore, useLoadStudies } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import panel from '../ui/panel.module.css';
import { boundsOf, type HistoryChoices, RANGES, type Range, specOf } from './history-spec.ts';
import { exactText, FIGURE_NAMES, figureText, moneyText, priceText, reasonText } from './history-words.ts';
import { Scroll } from './scroll.tsx';
import { tradeLogOf } from './session-trades.ts';
import styles from './study.module.css';

const HistoryChart = lazy(() => import('./history-chart.tsx'));

/** The journal takes a sample every five seconds of the feed. */
const REFRESH_MS = 5_000;

const METHODS: readonly (readonly [CostMethodName, string])[] = [
  ['fifo', 'First in, first out'],
  ['lifo', 'Last in, first out'],
  ['average', 'Average'],
];

/** What costs and funding come to does not wait for a journal that is slow to open. */
const PATIENCE_MS = 1_500;
const within = <T,>(answer: Promise<T>): Promise<T | null> =>
  Promise.race([answer, new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS))]);

interface Shown {
  readonly view: PerformanceView | null;
  readonly faults: readonly Fault[];
  /** Why no samples are there; '' where they are. */
  readonly journal: string;
}

/** Asks anew every five seconds while the panel is open, and at once when a choice changes. */
function useHistory(range: Range, choices: HistoryChoices): Shown {
  const store = useAppStore();
  const actions = useActions();
  const loadStudies = useLoadStudies();
  const [shown, setShown] = useState<Shown>({ view: null, faults: [], journal: '' });
  useEffect(() => {
    let isLeft = false;
    let isAsking = false;
    const ask = async (): Promise<void> => {
      const { snapshot } = store.getState();
      if (!snapshot?.account || isAsking || document.visibilityState !== 'visible') return;
      isAsking = true;
      const { account, source } = snapshot;
      const bounds = boundsOf(range, source.clockMs);
      const kept = await within(actions.journal({ kind: 'journal-history', account: account.id, ...bounds }));
      const studies: Studies = await loadStudies();
      const spec = specOf(account, kept?.ok ? kept.value.history : null, tradeLogOf(store).trades(), choices);
      const answer = await studies.performance(spec);
      isAsking = false;
      if (isLeft) return;
      const journal = kept?.ok ? '' : (kept?.faults[0]?.message ?? 'the journal has not answered yet');
      setShown((before) =>
        answer.ok ? { view: answer.value, faults: [], journal } : { view: before.view, faults: answer.faults, journal },
      );
    };
    const run = (): void =>
      void ask().catch(() => {
        isAsking = false;
        if (!isLeft) setShown((before) => ({ ...before, faults: [{ pointer: '', message: 'the studies could not be loaded' }] }));
      });
    run();
    const timer = setInterval(run, REFRESH_MS);
    return () => {
      isLeft = true;
      clearInterval(timer);
    };
  }, [store, actions, loadStudies, range, choices]);
  return shown;
}

const percent = (value: number): string => formatPercent(value.toFixed(6), 1, 'floor');
const money = (value: number): string => formatFixed(value.toFixed(0), 0, 'floor');
const times = (value: number): string => `${formatFixed(value.toFixed(2), 2, 'ceil')}×`;

function Charts({ lines }: { readonly lines: PerformanceView['lines'] }) {
  const zone = useApp(selectTimeZone);
  const charts = [
    { name: 'Equity', values: lines.equity, text: money },
    { name: 'Drawdown from the peak, flows removed', values: lines.drawdown, text: percent },
    { name: 'Leverage', values: lines.leverage, text: times },
    { name: 'Buffer to liquidation, all prices together', values: lines.buffer, text: percent },
  ];
  return (
    <div className={styles.charts}>
      {charts.map(({ name, values, text }) => {
        const known = values.filter((value) => !Number.isNaN(value));
        const least = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
        const greatest = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
        return (
          <figure key={name} className={styles.chart} aria-label={name}>
            <figcaption>
              {name}: {known.length === 0 ? 'no number' : `${text(known.at(-1)!)}, between ${text(least)} and ${text(greatest)}`}
            </figcaption>
            {known.length > 1 && (
              <Suspense fallback={<div className={styles.plot} />}>
                <HistoryChart timeMs={lines.timeMs} values={values} text={text} zone={zone} />
              </Suspense>
            )}
          </figure>
        );
      })}
    </div>
  );
}

function Figures({ figures, unit }: { readonly figures: PerformanceView['figures']; readonly unit: string }) {
  return (
    <dl className={styles.tiles}>
      {figures.map((one) => {
        const text = figureText(one, unit);
        return (
          <div key={one.figure} data-figure={one.figure}>
            <dt>{FIGURE_NAMES[one.figure]}</dt>
            <dd {...(text === '' ? { 'data-none': true } : {})}>{text === '' ? reasonText(one) : text}</dd>
            <dd className={styles.working}>
              <details>
                <summary>Working</summary>
                <p className={styles.note}>
                  {one.formula} ({one.rule})
                </p>
                <ul className={styles.terms}>
                  {one.terms.map((term) => (
                    <li key={term.symbol} className={styles.note}>
                      {term.symbol}, {term.name}: {exactText(term.text)} {term.text === '' ? '' : term.unit}
                      {term.at === '' ? '' : ` at ${term.at.slice(0, 19).replace('T', ' ')} UTC`}
                    </li>
                  ))}
                </ul>
              </details>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function BasisTable({ rows }: { readonly rows: readonly BasisRow[] }) {
  if (rows.length === 0) return null;
  return (
    <Scroll label="Cost basis, scrolls">
      <table className={styles.table}>
        <caption className={panel.hidden}>Cost basis by instrument</caption>
        <thead>
          <tr>
            <th scope="col">Instrument</th>
            {['Trades', 'Size', 'Average price', 'Cost', 'Mark', 'Realised', 'Unrealised', 'Fees'].map((name) => (
              <th key={name} scope="col" data-number>
                {name}
              </th>
            ))}
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.instrument}>
              <th scope="row">{row.instrument}</th>
              <td data-number>{row.trades}</td>
              <td data-number>{exactText(row.size)}</td>
              <td data-number>{priceText(row.averagePrice)}</td>
              <td data-number>{moneyText(row.cost)}</td>
              <td data-number>{priceText(row.markPrice)}</td>
              <td data-number>{moneyText(row.realizedPnl)}</td>
              <td data-number>{moneyText(row.unrealizedPnl)}</td>
              <td data-number>{moneyText(row.fees)}</td>
              <td data-words>{row.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface ChoicesProps {
  readonly choices: HistoryChoices;
  readonly listName: string;
  readonly faults: readonly Fault[];
  readonly onChoices: (change: Partial<HistoryChoices>, listName?: string) => void;
}

function Choices({ choices, listName, faults, onChoices }: ChoicesProps) {
  const file = useRef<HTMLInputElement>(null);
  const take = ({ target }: ChangeEvent<HTMLInputElement>): void => {
    const chosen = target.files?.[0];
    target.value = '';
    if (chosen) void chosen.text().then((text) => onChoices({ tradesCsv: text }, chosen.name));
  };
  return (
    <div className={styles.fieldset}>
      <Choice
        label="Cost basis"
        value={choices.method}
        choices={METHODS}
        onValue={(method) => onChoices({ method: method as CostMethodName })}
      />
      <TextField
        label="Funding rate, % every 8 h"
        hint="longs pay a positive rate; empty: what the feed tells"
        inputMode="decimal"
        fault={faults.find(({ pointer }) => pointer === '/fundingRate')}
        value={choices.funding}
        onText={(funding) => onChoices({ funding })}
      />
      <div>
        <p className={styles.note}>Trades: {listName === '' ? 'what this visit saw' : listName}</p>
        <div className={styles.buttons}>
          <Button onClick={() => file.current?.click()}>Open a list</Button>
          {listName !== '' && <Button onClick={() => onChoices({ tradesCsv: '' }, '')}>Leave it</Button>}
        </div>
        <p className={styles.note}>CSV: time, instrument, side, size, price, fee</p>
        <input
          ref={file}
          type="file"
          accept=".csv,text/csv"
          aria-label="File with trades"
          className={panel.hidden}
          tabIndex={-1}
          onChange={take}
        />
      </div>
    </div>
  );
}

function Content({ account }: { readonly account: AccountView }) {
  const [range, setRange] = useState<Range>('day');
  const [choices, setChoices] = useState<HistoryChoices>({ method: 'fifo', funding: '', tradesCsv: '' });
  const [listName, setListName] = useState('');
  const { view, faults, journal } = useHistory(range, choices);
  return (
    <>
      <fieldset className={styles.ranges}>
        <legend className={panel.hidden}>Range</legend>
        {RANGES.map(([value, name]) => (
          <Button key={value} aria-pressed={range === value} onClick={() => setRange(value)}>
            {name}
          </Button>
        ))}
        <span className={styles.note}>
          {journal !== ''
            ? `No history: ${journal}.`
            : view
              ? `${view.samples} ${view.samples === 1 ? 'sample' : 'samples'}, ${view.gaps} ${view.gaps === 1 ? 'gap' : 'gaps'}.`
              : 'Looking.'}{' '}
          {view?.note ?? ''}
        </span>
      </fieldset>
      {faults.length > 0 && <FaultList faults={faults} />}
      {view && (
        <>
          {view.samples > 0 && <Charts lines={view.lines} />}
          <Figures figures={view.figures} unit={account.unit} />
          <BasisTable rows={view.basis} />
        </>
      )}
      <Choices
        choices={choices}
        listName={listName}
        faults={faults}
        onChoices={(change, name) => {
          setChoices({ ...choices, ...change });
          if (name !== undefined) setListName(name);
        }}
      />
    </>
  );
}

/** Folded until it is asked for; the trades of the visit are noted all the same. */
export function HistoryPanel() {
  const store = useAppStore();
  const account = useApp(selectAccount);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => void tradeLogOf(store), [store]);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="History">
      <h2 className={styles.fold}>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> History: return, drawdown, cost, funding
        </button>
      </h2>
      {isOpen && account && <Content key={account.id} account={account} />}
    </section>
  );
}
