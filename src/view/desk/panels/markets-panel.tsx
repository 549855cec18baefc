/** Open interest and the leverage behind it, by market and venue; long against short of the whole book. */
import type { DeskOpenInterest, DeskPanels, DeskSkew } from '../../../store/types.ts';
import { formatLeverage } from '../../format/number.ts';
import { ChartFigure, type ChartTable, type Drawing } from '../charts/chart-figure.tsx';
import { formatCount, formatShort, plain } from '../money.ts';
import { useBook, useFilter, usePanel, useSourceText, useVenueName } from '../use-desk.ts';
import { lyingScene, openInterestRows, openInterestSentence, sideText, skewRows, skewSentence } from './bars-scene.ts';
import { Key } from './key.tsx';

const selectOpenInterest = (panels: DeskPanels): DeskOpenInterest | undefined => panels.openInterest;
const selectSkew = (panels: DeskPanels): DeskSkew | undefined => panels.skew;

const ROWS_MAX = 40;
const TABLE_MAX = 500;

const times = (leverage: number): string => (Number.isNaN(leverage) ? 'no equity' : formatLeverage(plain(leverage), 'ceil'));

export function OpenInterestPanel() {
  const book = useBook();
  const open = usePanel(selectOpenInterest);
  const venueName = useVenueName();
  const [filter, changeFilter] = useFilter();
  const source = useSourceText();
  const rows = open ? openInterestRows(open, venueName, ROWS_MAX) : [];
  const isChosen = (i: number): boolean =>
    open !== undefined &&
    filter.markets.length === 1 &&
    filter.markets[0] === open.market[i] &&
    filter.venues.length === 1 &&
    filter.venues[0] === open.venue[i];
  const draw = (width: number, height: number): Drawing => {
    const { scene, placed } = lyingScene(rows, width, height);
    return {
      scene,
      items: placed.map(({ index, ...place }) => ({
        key: rows[index]!.name,
        ...place,
        text: `${rows[index]!.name}: ${formatShort(open!.long[index]!, 'ceil')} long, ${formatShort(open!.short[index]!, 'ceil')} short, ${formatCount(open!.accounts[index]!)} accounts, ${times(open!.leverage[index]!)}`,
        isChosen: isChosen(index),
        choose: () =>
          changeFilter((now) =>
            isChosen(index)
              ? { ...now, markets: [], venues: [] }
              : { ...now, markets: [open!.market[index]!], venues: [open!.venue[index]!] },
          ),
      })),
    };
  };
  const table = (): ChartTable => ({
    head: ['Market, venue', 'Long', 'Short', 'Accounts', 'Equity', 'Leverage'],
    rows: open
      ? Array.from({ length: Math.min(TABLE_MAX, open.count) }, (_, i) => [
          `${open.market[i]} · ${venueName(open.venue[i]!)}`,
          formatShort(open.long[i]!, 'ceil'),
          formatShort(open.short[i]!, 'ceil'),
          formatCount(open.accounts[i]!),
          formatShort(open.equity[i]!, 'floor'),
          times(open.leverage[i]!),
        ])
      : [],
  });
  return (
    <ChartFigure
      title="Open interest and leverage"
      summary={open ? openInterestSentence(open, venueName, book?.unit ?? '') : 'Working it out.'}
      itemsName="Markets by venue"
      draw={draw}
      table={table}
      source={source}
      legend={<Key first="long" second="short" />}
    />
  );
}

export function SkewPanel() {
  const skew = usePanel(selectSkew);
  const [filter, changeFilter] = useFilter();
  const source = useSourceText();
  const sides = ['long', 'short'] as const;
  const draw = (width: number, height: number): Drawing => {
    if (!skew) return { scene: { width, height, marks: [] }, items: [] };
    const { scene, placed } = lyingScene(skewRows(skew), width, height);
    return {
      scene,
      items: placed.map(({ index, ...place }) => {
        const side = sides[index]!;
        return {
          key: side,
          ...place,
          text: `Mostly ${side}: ${sideText(skew[side])}. Filters by any ${side} position.`,
          isChosen: filter.side === side,
          choose: () => changeFilter((now) => ({ ...now, side: now.side === side ? 'any' : side })),
        };
      }),
    };
  };
  const table = (): ChartTable => ({
    head: ['Accounts', 'Notional', 'Equity', 'Count', 'Leverage', 'No equity'],
    rows: skew
      ? sides.map((side) => {
          const { notional, equity, accounts, leverage, insolvent } = skew[side];
          const name = `Mostly ${side}`;
          return [
            name,
            formatShort(notional, 'ceil'),
            formatShort(equity, 'floor'),
            formatCount(accounts),
            times(leverage),
            formatCount(insolvent),
          ];
        })
      : [],
  });
  return (
    <ChartFigure
      title="Long against short"
      summary={skew ? skewSentence(skew) : 'Working it out.'}
      itemsName="Sides"
      draw={draw}
      table={table}
      source={source}
      minHeight={46}
    />
  );
}
