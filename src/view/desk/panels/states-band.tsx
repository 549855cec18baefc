/** The thin band on top: the book in four figures, and its states over time. */
import { selectDeskBook, selectDeskPanel, selectDeskTotals, selectTimeZone } from '../../../store/selectors.ts';
import { formatLeverage } from '../../format/number.ts';
import { formatClock } from '../../format/time.ts';
import { useApp, useAppEvery } from '../../shared/app-context.tsx';
import panel from '../../ui/panel.module.css';
import { ChartFigure, type ChartTable, type Drawing } from '../charts/chart-figure.tsx';
import { formatCount, formatShort, plain } from '../money.ts';
import { PANEL_INTERVAL_MS, useSourceText } from '../use-desk.ts';
import styles from './states-band.module.css';
import { countsText, statesScene, statesSentence, WITHOUT_HELP, withoutText } from './states-scene.ts';

const selectStates = selectDeskPanel('states');

function Totals() {
  const book = useApp(selectDeskBook);
  const totals = useAppEvery(selectDeskTotals, PANEL_INTERVAL_MS);
  if (!book) return null;
  const figure = (name: string, text: string, unit = '') => (
    <div className={styles.figure}>
      <dt>{name}</dt>
      <dd>
        {text}
        {unit && <span className={styles.unit}> {unit}</span>}
      </dd>
    </div>
  );
  return (
    <section className={`${panel.panel} ${styles.totals}`} aria-label="The whole book">
      <dl className={styles.figures}>
        {figure('Accounts', formatCount(book.count))}
        {figure('Equity', totals ? formatShort(totals.equity, 'floor') : '…', book.unit)}
        {figure('Notional', totals ? formatShort(totals.grossNotional, 'ceil') : '…', book.unit)}
        {figure('Leverage', totals ? (Number.isNaN(totals.leverage) ? 'no equity' : formatLeverage(plain(totals.leverage), 'ceil')) : '…')}
      </dl>
      {totals && totals.unknownPools > 0 && (
        <p className={styles.without} title={WITHOUT_HELP}>
          {withoutText(totals.unknownPools)}
        </p>
      )}
    </section>
  );
}

const TABLE_STEP = 10;

export function StatesBand() {
  const history = useAppEvery(selectStates, PANEL_INTERVAL_MS);
  const zone = useApp(selectTimeZone);
  const source = useSourceText();
  const at = (i: number): string => formatClock(history!.timeMs[i]!, zone);
  const draw = (width: number, height: number): Drawing => {
    if (!history) return { scene: { width, height, marks: [] }, items: [] };
    const { scene, slices } = statesScene(history, width, height);
    return {
      scene,
      items: slices.map(({ index, x, width: wide }) => ({
        key: String(history.timeMs[index]),
        x,
        y: 0,
        width: wide,
        height,
        text: `${at(index)}: ${countsText(history, index)}`,
        isChosen: false,
        choose: undefined,
      })),
    };
  };
  const table = (): ChartTable => ({
    head: ['Time', 'Accounts'],
    rows: history
      ? [...history.timeMs.keys()]
          .filter((i) => i % TABLE_STEP === 0 || i === history.timeMs.length - 1)
          .reverse()
          .map((i) => [at(i), countsText(history, i)])
      : [],
  });
  return (
    <div className={styles.band}>
      <Totals />
      <ChartFigure
        look="band"
        title="States over time"
        summary={history && history.timeMs.length > 0 ? statesSentence(history, at(0)) : 'No history yet.'}
        itemsName="Moments"
        draw={draw}
        table={table}
        source={source}
        minHeight={62}
      />
    </div>
  );
}
