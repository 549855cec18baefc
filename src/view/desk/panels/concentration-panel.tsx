/** How much of the gross notional few accounts hold. */
import type { DeskConcentration, DeskPanels } from '../../../store/types.ts';
import { useActions } from '../../shared/app-context.tsx';
import { ChartFigure, type ChartTable, type Drawing } from '../charts/chart-figure.tsx';
import { usePanel, useSourceText } from '../use-desk.ts';
import { concentrationRows, concentrationSentence, index, lyingScene } from './bars-scene.ts';

const selectConcentration = (panels: DeskPanels): DeskConcentration | undefined => panels.concentration;

export function ConcentrationPanel() {
  const actions = useActions();
  const concentration = usePanel(selectConcentration);
  const source = useSourceText();
  const rows = concentration ? concentrationRows(concentration) : [];
  const draw = (width: number, height: number): Drawing => {
    const { scene, placed } = lyingScene(rows, width, height);
    return {
      scene,
      items: placed.map(({ index: at, ...place }) => ({
        key: rows[at]!.name,
        ...place,
        text: `${rows[at]!.name}: ${rows[at]!.figure} of the gross notional. Sorts the table by notional.`,
        isChosen: false,
        choose: () => void actions.desk.query({ sort: [{ column: 'grossNotional', falling: true }] }),
      })),
    };
  };
  const table = (): ChartTable => ({
    head: ['Accounts', 'Share of notional'],
    rows: concentration
      ? [
          ...rows.map(({ name, figure }) => [name, figure]),
          ['Herfindahl index', index(concentration.herfindahl)],
          ['Gini coefficient', index(concentration.gini)],
        ]
      : [],
  });
  return (
    <ChartFigure
      title="Concentration"
      summary={concentration ? concentrationSentence(concentration) : 'Working it out.'}
      itemsName="Shares of the largest"
      draw={draw}
      table={table}
      source={source}
      minHeight={90}
    />
  );
}
