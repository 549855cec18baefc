/** How leverage, or the margin ratio, is spread over the accounts, or over what they hold. */
import type { DeskDistribution, DeskPanels } from '../../../store/types.ts';
import { ChartFigure, type ChartTable, type Drawing, Segments } from '../charts/chart-figure.tsx';
import { hasRange } from '../filters/filter.ts';
import { formatCount, formatShort } from '../money.ts';
import { useBook, useFilter, usePanel, useSourceText } from '../use-desk.ts';
import { type Bin, binsOf, binText, distributionScene, distributionSentence, type Weight } from './bars-scene.ts';

const SELECT = {
  leverage: (panels: DeskPanels): DeskDistribution | undefined => panels.leverage,
  marginRatio: (panels: DeskPanels): DeskDistribution | undefined => panels.marginRatio,
};
const NAMES = { leverage: 'leverage', marginRatio: 'a margin ratio of' };
const TITLES = { leverage: 'Leverage', marginRatio: 'Margin ratio' };

const WEIGHTS: readonly { readonly value: Weight; readonly text: string }[] = [
  { value: 'accounts', text: 'Accounts' },
  { value: 'notional', text: 'Notional' },
];

interface DistributionPanelProps {
  readonly column: 'leverage' | 'marginRatio';
  readonly weight: Weight;
  readonly onWeight: (weight: Weight) => void;
}

export function DistributionPanel({ column, weight, onWeight }: DistributionPanelProps) {
  const distribution = usePanel(SELECT[column]);
  const unit = useBook()?.unit ?? '';
  const [filter, changeFilter] = useFilter();
  const source = useSourceText();
  const bins = distribution ? binsOf(distribution) : [];
  const isChosen = (bin: Bin): boolean =>
    bin.range ? hasRange(filter, bin.range) : bin.key === 'indeterminate' && filter.states.includes('indeterminate');
  const draw = (width: number, height: number): Drawing => {
    const { scene, placed } = distributionScene(bins, weight, unit, width, height);
    return {
      scene,
      items: placed.map(({ index, ...place }) => {
        const bin = bins[index]!;
        const { choose } = bin;
        return {
          key: bin.key,
          ...place,
          text: binText(bin, unit),
          isChosen: isChosen(bin),
          choose: choose ? () => changeFilter(choose) : undefined,
        };
      }),
    };
  };
  const table = (): ChartTable => ({
    head: [TITLES[column], 'Accounts', `Notional, ${unit}`],
    rows: bins.map((bin) => [bin.name, formatCount(bin.accounts), formatShort(bin.notional, 'ceil')]),
  });
  return (
    <ChartFigure
      title={TITLES[column]}
      summary={distribution ? distributionSentence(bins, weight, NAMES[column]) : 'Working it out.'}
      itemsName={`Bars of ${TITLES[column].toLowerCase()}`}
      draw={draw}
      table={table}
      source={source}
      controls={<Segments label={`${TITLES[column]} by`} value={weight} choices={WEIGHTS} onChange={onWeight} />}
      minHeight={110}
    />
  );
}
