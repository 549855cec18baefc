/**
 * A chart as everybody can have it: drawn, said in one sentence, laid out as a table, and taken away as a picture. Bars that can be
 * chosen are options of a list box over the drawing: arrows walk along them, Enter or a click chooses.
 */
import { Download } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import panel from '../../ui/panel.module.css';
import { useSize } from '../../ui/use-size.ts';
import { download, fileNameOf } from '../download.ts';
import styles from './chart-figure.module.css';
import type { Scene } from './scene.ts';
import { pictureOf } from './scene-png.ts';
import { SceneSvg } from './scene-svg.tsx';

/** A part of the drawing that can be pointed at. */
export interface ChartItem {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly text: string;
  readonly isChosen: boolean;
  /** Undefined: it says what it is and can do no more. */
  readonly choose: (() => void) | undefined;
}

export interface Drawing {
  readonly scene: Scene;
  readonly items: readonly ChartItem[];
}

export interface ChartTable {
  readonly head: readonly string[];
  /** First cell of a row is its name. */
  readonly rows: readonly (readonly string[])[];
}

interface ChartFigureProps {
  readonly title: string;
  readonly summary: string;
  /** What the list of bars is called. */
  readonly itemsName: string;
  readonly draw: (width: number, height: number) => Drawing;
  readonly table: () => ChartTable;
  /** Time and source of the figures, for the picture. */
  readonly source: string;
  readonly controls?: ReactNode;
  /** Explains the patterns of the drawing; shown beneath it. */
  readonly legend?: ReactNode;
  /** Pixels that the drawing takes at least. */
  readonly minHeight?: number;
  /** A band is wide and low: its words stand beside the drawing. */
  readonly look?: 'panel' | 'band';
}

const BACK = ['ArrowUp', 'ArrowLeft'];
const FORTH = ['ArrowDown', 'ArrowRight'];

/** Where a key leads in a list of `count`; undefined where it leads nowhere. */
export function nextItem(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (BACK.includes(key)) return at < 0 ? count - 1 : Math.max(0, at - 1);
  if (FORTH.includes(key)) return Math.min(count - 1, at + 1);
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}

function Items({ items, name, onAt, at }: { items: readonly ChartItem[]; name: string; at: number; onAt: (at: number) => void }) {
  const id = useId();
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextItem(event.key, at, items.length);
    if (next !== undefined) onAt(next);
    else if (event.key === 'Enter' || event.key === ' ') items[at]?.choose?.();
    else return;
    event.preventDefault();
  };
  return (
    <div
      role="listbox"
      aria-label={name}
      aria-multiselectable="true"
      tabIndex={0}
      className={styles.items}
      onKeyDown={onKeyDown}
      onPointerLeave={() => onAt(-1)}
      onBlur={() => onAt(-1)}
      {...(items[at] ? { 'aria-activedescendant': `${id}${at}` } : {})}
    >
      {items.map((item, index) => (
        // The list box holds the focus and answers the keys; options answer the pointer.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        // biome-ignore lint/a11y/useFocusableInteractive: see above
        <div
          key={item.key}
          id={`${id}${index}`}
          role="option"
          aria-selected={item.isChosen}
          aria-label={item.text}
          data-at={index === at}
          data-still={item.choose === undefined}
          className={styles.item}
          style={{ insetInlineStart: item.x, insetBlockStart: item.y, inlineSize: item.width, blockSize: item.height }}
          onPointerEnter={() => onAt(index)}
          onClick={item.choose}
        />
      ))}
    </div>
  );
}

function DataTable({ title, table }: { readonly title: string; readonly table: ChartTable }) {
  return (
    // A region that scrolls must be reachable from the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={styles.tableScroll} aria-label={`${title}, figures`} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {table.head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row[0]}>
              <th scope="row">{row[0]}</th>
              {row.slice(1).map((cell, index) => (
                // Cells have no identity beyond their column.
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <td key={index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function ChartFigure({
  title,
  summary,
  itemsName,
  draw,
  table,
  source,
  controls,
  legend,
  minHeight = 120,
  look = 'panel',
}: ChartFigureProps) {
  const [box, size] = useSize<HTMLDivElement>();
  const [at, setAt] = useState(-1);
  const [isOpen, setIsOpen] = useState(false);
  const drawing = size.width > 0 && size.height > 0 ? draw(size.width, size.height) : null;
  const save = async (): Promise<void> => {
    if (!drawing) return;
    const picture = await pictureOf(drawing.scene, { title, summary, source }, document.documentElement);
    if (picture) download(`plimsoll-${fileNameOf(title)}.png`, picture);
  };
  const pointed = drawing?.items[at];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a figure element carries no name of its own in every screen reader
    <div role="figure" aria-label={title} className={`${panel.panel} ${styles.figure}`} data-look={look}>
      <div className={panel.head}>
        <h2 className={panel.title}>{title}</h2>
        <div className={styles.controls}>
          {controls}
          <details className={styles.details} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
            <summary>Figures</summary>
            {isOpen && <DataTable title={title} table={table()} />}
          </details>
          <IconButton label={`Save ${title.toLowerCase()} as a picture`} onClick={() => void save()} disabled={!drawing}>
            <Download size={14} aria-hidden="true" />
          </IconButton>
        </div>
      </div>
      <p className={styles.summary}>{pointed ? pointed.text : summary}</p>
      <div ref={box} className={styles.drawing} style={{ minBlockSize: minHeight }}>
        {drawing && <SceneSvg scene={drawing.scene} />}
        {drawing && drawing.items.length > 0 && <Items items={drawing.items} name={itemsName} at={at} onAt={setAt} />}
      </div>
      {legend && <div className={styles.legend}>{legend}</div>}
    </div>
  );
}

/** One of a few, as pressed buttons. */
export function Segments<T extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
}) {
  return (
    <fieldset className={styles.segments} aria-label={label}>
      {choices.map((choice) => (
        <Button key={choice.value} look="quiet" aria-pressed={choice.value === value} onClick={() => onChange(choice.value)}>
          {choice.text}
        </Button>
      ))}
    </fieldset>
  );
}
