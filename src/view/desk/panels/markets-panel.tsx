/** Open interest and the leverage behind it, by market and venue; long against short of the whole book. */
import { useState } from 'react';
import type { DeskOpenInterest, DeskPanels, DeskSkew } from '../../../store/types.ts';
import { formatLeverage } from '../../format/number.ts';
import { ChartFigure, type ChartTable, type Drawing, Segments } from '../charts/chart-figure.tsx';
import { formatCount, formatShort, plain } from '../money.ts';
import { useBook, useFilter, usePanel, useSourceText, useVenueName } from '../use-desk.ts';
import { lyingScene, openInterestRows, openInterestSentence, sideText, skewRows, skewSentence, venueRows } from './bars-scene.ts';
import { Key } from './key.tsx';

const selectOpenInterest = (panels: DeskPanels): DeskOpenInterest | undefined => panels.openInterest;
const selectSkew = (panels: DeskPanels): DeskSkew | undefined => panels.skew;

const ROWS_MAX = 40;
const TABLE_MAX = 500;

const times = (leverage: number): string => (Number.isNaN(leverage) ? 'no equity' : formatLeverage(plain(leverage), 'ceil'));

type Division = 'markets' | 'venues';

const DIVISIONS: readonly { readonly value: Division; readonly text: string }[] = [
  { value: 'markets', text: 'Markets' },
  { value: 'venues', text: 'Venues' },
];

const marketTable = (open: DeskOpenInterest, venueName: (id: string) => string, unit: string): ChartTable => ({
  head: ['Market, venue', `Long, ${unit}`, 'Short', 'Accounts', 'Equity', 'Leverage'],
  rows: Array.from({ length: Math.min(TABLE_MAX, open.count) }, (_, i) => [
    `${open.market[i]} · ${venueName(open.venue[i]!)}`,
    formatShort(open.long[i]!, 'ceil'),
    formatShort(open.short[i]!, 'ceil'),
    formatCount(open.accounts[i]!),
    formatShort(open.equity[i]!, 'floor'),
    times(open.leverage[i]!),
  ]),
});

const venueTable = ({ venues }: DeskOpenInterest, venueName: (id: string) => string, unit: string): ChartTable => ({
  head: ['Venue', `Open interest, ${unit}`, 'Accounts', 'Equity', 'Leverage'],
  rows: venues.venue.map((venue, i) => [
    venueName(venue),
    formatShort(venues.openInterest[i]!, 'ceil'),
    formatCount(venues.accounts[i]!),
    formatShort(venues.equity[i]!, 'floor'),
    times(venues.leverage[i]!),
  ]),
});

export function OpenInterestPanel() {
  const unit = useBook()?.unit ?? '';
  const open = usePanel(selectOpenInterest);
  const venueName = useVenueName();
  const [filter, changeFilter] = useFilter();
  const [division, setDivision] = useState<Division>('markets');
  const source = useSourceText();
  const isByVenue = division === 'venues';
  const rows = open ? (isByVenue ? venueRows(open, venueName) : openInterestRows(open, venueName, ROWS_MAX)) : [];
  const isOnly = (chosen: readonly string[], id: string | undefined): boolean => chosen.length === 1 && chosen[0] === id;
  const isChosen = (i: number): boolean =>
    open !== undefined &&
    (isByVenue
      ? filter.markets.length === 0 && isOnly(filter.venues, open.venues.venue[i])
      : isOnly(filter.markets, open.market[i]) && isOnly(filter.venues, open.venue[i]));
  const choose = (i: number): void => {
    if (!open) return;
    const markets = isByVenue ? [] : [open.market[i]!];
    const venues = [isByVenue ? open.venues.venue[i]! : open.venue[i]!];
    changeFilter((now) => (isChosen(i) ? { ...now, markets: [], venues: [] } : { ...now, markets, venues }));
  };
  const textOf = (i: number): string =>
    isByVenue
      ? `${rows[i]!.name}: ${formatShort(open!.venues.openInterest[i]!, 'ceil')} ${unit} open on ${formatShort(open!.venues.equity[i]!, 'floor')} ${unit} of equity, ${formatCount(open!.venues.accounts[i]!)} accounts, ${times(open!.venues.leverage[i]!)}`
      : `${rows[i]!.name}: ${formatShort(open!.long[i]!, 'ceil')} long, ${formatShort(open!.short[i]!, 'ceil')} short ${unit}, ${formatCount(open!.accounts[i]!)} accounts, ${times(open!.leverage[i]!)}`;
  const draw = (width: number, height: number): Drawing => {
    const { scene, placed } = lyingScene(rows, width, height);
    return {
      scene,
      items: placed.map(({ index, ...place }) => ({
        key: rows[index]!.name,
        ...place,
        text: textOf(index),
        isChosen: isChosen(index),
        choose: () => choose(index),
      })),
    };
  };
  const table = (): ChartTable =>
    open ? (isByVenue ? venueTable : marketTable)(open, venueName, unit) : { head: ['Market, venue'], rows: [] };
  return (
    <ChartFigure
      title="Open interest"
      summary={open ? openInterestSentence(open, venueName, unit) : 'Working it out.'}
      itemsName={isByVenue ? 'Venues' : 'Markets by venue'}
      draw={draw}
      table={table}
      source={source}
      controls={<Segments label="Open interest by" value={division} choices={DIVISIONS} onChange={setDivision} />}
      legend={isByVenue ? <span>figure: open interest and its leverage</span> : <Key first="long" second="short" />}
      minHeight={66}
    />
  );
}

export function SkewPanel() {
  const unit = useBook()?.unit ?? '';
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
          text: `Mostly ${side}: ${sideText(skew[side], unit)}. Filters by any ${side} position.`,
          isChosen: filter.side === side,
          choose: () => changeFilter((now) => ({ ...now, side: now.side === side ? 'any' : side })),
        };
      }),
    };
  };
  const table = (): ChartTable => ({
    head: ['Accounts', `Notional, ${unit}`, `Equity, ${unit}`, 'Count', 'Leverage', 'No equity'],
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
