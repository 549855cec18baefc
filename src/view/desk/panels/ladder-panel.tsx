/** The liquidation ladder: what each per cent of a move liquidates, long and short, exact from the accounts. */
import { selectDeskWish } from '../../../store/selectors.ts';
import type { DeskLadder, DeskPanels } from '../../../store/types.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { ChartFigure, type ChartTable, type Drawing } from '../charts/chart-figure.tsx';
import { readBound } from '../filters/bounds.ts';
import { hasRung, toggleRung } from '../filters/filter.ts';
import { formatCount, formatShort } from '../money.ts';
import { useBook, useFilter, usePanel, useSourceText } from '../use-desk.ts';
import { Key } from './key.tsx';
import { alreadyText, ladderScene, ladderSentence, rungsOf, rungText, signedMove } from './ladder-scene.ts';
import styles from './panels.module.css';

const STEPS = [0.002, 0.005, 0.01, 0.02] as const;
const MARKETS_MAX = 100;

const selectLadder = (panels: DeskPanels): DeskLadder | undefined => panels.ladder;

function Controls() {
  const actions = useActions();
  const book = useBook();
  const { ladderMarket, ladderStep, ladderRungs } = useApp(selectDeskWish);
  const markets = (book?.markets ?? []).slice(0, MARKETS_MAX);
  const listed = ladderMarket === '' || markets.includes(ladderMarket) ? markets : [ladderMarket, ...markets];
  const steps = STEPS.some((step) => step === ladderStep) ? STEPS : [ladderStep, ...STEPS];
  return (
    <>
      <select
        className={styles.select}
        aria-label="Market that moves"
        value={ladderMarket}
        onChange={(event) => actions.desk.panels({ ladderMarket: event.target.value })}
      >
        <option value="">All</option>
        {listed.map((market) => (
          <option key={market}>{market}</option>
        ))}
      </select>
      <select
        className={styles.select}
        aria-label="How far the ladder reaches"
        value={ladderStep}
        onChange={(event) => actions.desk.panels({ ladderStep: Number(event.target.value) })}
      >
        {steps.map((step) => (
          <option key={step} value={step}>
            ±{readBound('percent', step * ladderRungs)}
          </option>
        ))}
      </select>
    </>
  );
}

export function LadderPanel() {
  const book = useBook();
  const ladder = usePanel(selectLadder);
  const [filter, changeFilter] = useFilter();
  const source = useSourceText();
  const unit = book?.unit ?? '';
  const rungs = ladder ? rungsOf(ladder) : [];
  const draw = (width: number, height: number): Drawing => {
    const { scene, placed } = ladderScene(rungs, ladder ? alreadyText(ladder, unit) : '', unit, width, height);
    return {
      scene,
      items: placed.map(({ rung, y, height: tall }) => ({
        key: String(rung.upTo),
        x: 0,
        y,
        width,
        height: tall,
        text: rungText(rung, unit),
        isChosen: hasRung(filter, rung),
        choose: () => changeFilter((now) => toggleRung(now, { market: rung.market, after: rung.after, upTo: rung.upTo })),
      })),
    };
  };
  const table = (): ChartTable => ({
    head: ['Move up to', `Long, ${unit}`, 'Short', 'Other markets', 'Pools', `Up to here, ${unit}`],
    rows: rungs.map((rung) => [
      signedMove(rung.upTo),
      formatShort(rung.long, 'ceil'),
      formatShort(rung.short, 'ceil'),
      formatShort(rung.others, 'ceil'),
      formatCount(rung.pools),
      formatShort(rung.cumulated, 'ceil'),
    ]),
  });
  return (
    <ChartFigure
      title="Liquidations"
      summary={ladder ? ladderSentence(ladder, rungs, unit) : 'Working it out.'}
      itemsName="Rungs of the ladder"
      draw={draw}
      table={table}
      source={source}
      controls={<Controls />}
      legend={<Key first="long liquidated" second="short" third={ladder && ladder.market !== '' ? 'other markets with it' : undefined} />}
      minHeight={220}
    />
  );
}
