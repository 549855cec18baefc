/**
 * Rows of a grid as plain elements, made once and written in place: a row element is given another account as the list scrolls, and
 * a text node is touched only when what it says changes. React renders none of this; sixty of its renders a second would not fit.
 * Where there is ink, cells are drawn with it at once and their elements follow, twice a second.
 */
import type { DeskRows, RiskState } from '../../../store/types.ts';
import { shapePath } from '../../ui/state-shape.tsx';
import type { CellInk, Tone } from './cell-ink.ts';
import { type BookNames, type DeskColumnSpec, hasNumber, stateOf } from './columns.ts';
import type { Sight } from './geometry.ts';

/** Class names of the parts, from the style sheet. */
export interface GridClasses {
  readonly row: string;
  readonly pin: string;
  readonly cell: string;
  readonly shape: string;
}

export interface PainterOptions {
  /** Where the rows stand. */
  readonly layer: HTMLElement;
  /** Ids of rows and cells begin with it. */
  readonly id: string;
  readonly rowHeight: number;
  readonly classes: GridClasses;
}

/** What is known of the rows: those from rank `from` on. */
export interface KnownRows {
  readonly rows: DeskRows;
  readonly from: number;
  readonly book: BookNames;
}

export interface ActiveCell {
  readonly row: number;
  readonly column: number;
}

interface Cell {
  readonly element: HTMLElement;
  readonly text: Text;
  value: number;
  beside: number;
  /** What it says; the element may still say what it said before. */
  said: string;
  isKnown: boolean;
}

interface Row {
  readonly element: HTMLElement;
  readonly pin: HTMLElement;
  /** The cell of the state, which carries its colour: on the row it would be worked out again for every cell. */
  readonly stateCell: HTMLElement | null;
  readonly shape: SVGPathElement | null;
  readonly cells: readonly Cell[];
  /** Place in the list; −1 while it stands for none. */
  rank: number;
  account: string;
  state: RiskState | '';
  isWatched: boolean;
  hasTitles: boolean;
  /** The elements do not say yet what the cells do. */
  isBehind: boolean;
}

/** Elements follow the ink this much later at most, ms. */
const FOLLOW_MS = 500;
const TONES: Readonly<Record<string, Tone>> = { venue: 'muted', age: 'muted' };
const STRONG: ReadonlySet<string> = new Set(['marginRatio', 'marginExcess']);

const SVG = 'http://www.w3.org/2000/svg';

function make(tag: string, className: string, role: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.setAttribute('role', role);
  return element;
}

function makeShape(className: string): { readonly svg: SVGSVGElement; readonly path: SVGPathElement } {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 12 12');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', className);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  return { svg, path };
}

export class RowPainter {
  private readonly options: PainterOptions;
  private columns: readonly DeskColumnSpec[] = [];
  private rows: Row[] = [];
  /** Rank of the row that stands at the top of the layer, and the element of rank 0: elements are taken in turn. */
  private origin = 0;
  private turn = 0;
  private first = 0;
  private firstIndex = 0;
  private active: ActiveCell | null = null;
  private activeElement: HTMLElement | null = null;
  /** Draws the cells, where it is there and its canvas is shown. */
  private ink: CellInk | null = null;
  private sight: Sight = { first: -1, end: -1, offset: 0 };
  private followTimer: ReturnType<typeof setTimeout> | undefined;
  private followedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PainterOptions) {
    this.options = options;
  }

  /** Begins anew with these columns and room for `size` rows. */
  reset(columns: readonly DeskColumnSpec[], size: number): void {
    this.columns = columns;
    this.origin = 0;
    this.first = 0;
    this.turn = 0;
    this.activeElement = null;
    this.rows = Array.from({ length: size }, (_, slot) => this.makeRow(slot));
    this.options.layer.replaceChildren(...this.rows.map(({ element }) => element));
  }

  /** Cells are drawn with `ink` from here on; with null they are their own elements' text. */
  setInk(ink: CellInk | null): void {
    if (ink === this.ink) return;
    this.ink = ink;
    ink?.forget();
    this.options.layer.toggleAttribute('data-inked', ink !== null);
    if (!ink) this.follow();
  }

  close(): void {
    clearTimeout(this.followTimer);
  }

  get size(): number {
    return this.rows.length;
  }

  /** Marks a cell; it need not be in sight. */
  setActive(active: ActiveCell | null): void {
    this.active = active;
    this.showActive();
  }

  /** Id of the active cell's element while it is in sight, '' otherwise. */
  get activeId(): string {
    return this.activeElement?.id ?? '';
  }

  /**
   * Shows the rows in sight; `firstIndex` is the `aria-rowindex` of the list's first. A row that is not known yet is shown empty, in
   * its place. Returns how many were not known.
   */
  paint(sight: Sight, known: KnownRows | null, firstIndex: number): number {
    const size = this.rows.length;
    if (size === 0) return 0;
    this.place(sight);
    if (firstIndex !== this.firstIndex) {
      this.firstIndex = firstIndex;
      for (const row of this.rows) if (row.rank >= 0) this.number(row);
    }
    let unknown = 0;
    const { first, end: lastEnd, offset } = this.sight;
    const isClean = this.ink?.begin(sight.first === first && sight.end === lastEnd && sight.offset === offset) === false;
    this.sight = sight;
    const end = Math.min(sight.end, sight.first + size);
    for (const row of this.rows) if (row.rank >= end || row.rank < sight.first) this.retire(row);
    for (let rank = sight.first; rank < end; rank++) {
      const row = this.rowOf(rank)!;
      if (row.rank !== rank) this.assign(row, rank);
      const at = known ? rank - known.from : -1;
      if (known && at >= 0 && at < known.rows.count) this.write(row, known, at, isClean);
      else {
        this.blank(row);
        unknown++;
      }
    }
    if (this.ink) this.followSoon();
    else this.follow();
    this.showActive();
    return unknown;
  }

  /** The place in the list of the row that `target` is in; −1 outside rows. */
  rankAt(target: EventTarget | null): number {
    return this.rowAt(target)?.rank ?? -1;
  }

  /** The column of the cell that `target` is in; −1 outside cells. */
  columnAt(target: EventTarget | null): number {
    const cells = this.rowAt(target)?.cells ?? [];
    return cells.findIndex(({ element }) => target instanceof Node && element.contains(target));
  }

  /** Whether `target` is the place of a row's pin. */
  isPin(target: EventTarget | null): boolean {
    const row = this.rowAt(target);
    return row !== undefined && target instanceof Node && row.pin.contains(target);
  }

  /** Puts every digit of a cell into its tooltip, when somebody points at it. */
  explain(target: EventTarget | null, known: KnownRows | null): void {
    const row = this.rowAt(target);
    const column = this.columnAt(target);
    if (!row || column < 0 || !known) return;
    const at = row.rank - known.from;
    if (at < 0 || at >= known.rows.count) return;
    row.hasTitles = true;
    row.cells[column]!.element.title = this.columns[column]!.full(known.rows, at, known.book);
  }

  private rowAt(target: EventTarget | null): Row | undefined {
    const element = target instanceof Element ? target.closest<HTMLElement>('[data-slot]') : null;
    return element && this.options.layer.contains(element) ? this.rows[Number(element.dataset.slot)] : undefined;
  }

  private makeRow(slot: number): Row {
    const { classes, id } = this.options;
    const element = make('div', classes.row, 'row');
    element.dataset.slot = String(slot);
    element.dataset.blank = '';
    element.hidden = true;
    const pin = make('div', classes.pin, 'gridcell');
    pin.setAttribute('aria-colindex', '1');
    pin.title = 'Pin to the watch-list, or take off it (Space)';
    element.append(pin);
    let shape: SVGPathElement | null = null;
    let stateCell: HTMLElement | null = null;
    const cells = this.columns.map((column, index) => {
      const cell = make('div', classes.cell, 'gridcell');
      cell.id = `${id}-${slot}-${index}`;
      cell.dataset.column = column.id;
      cell.dataset.align = column.align;
      cell.setAttribute('aria-colindex', String(index + 2));
      const text = document.createTextNode('');
      if (column.id === 'state') {
        const { svg, path } = makeShape(classes.shape);
        shape = path;
        stateCell = cell;
        cell.append(svg);
      }
      cell.append(text);
      element.append(cell);
      return { element: cell, text, value: Number.NaN, beside: -1, said: '', isKnown: true };
    });
    return { element, pin, stateCell, shape, cells, rank: -1, account: '', state: '', isWatched: false, hasTitles: false, isBehind: false };
  }

  private rowOf(rank: number): Row | undefined {
    const size = this.rows.length;
    return this.rows[(((rank + this.turn) % size) + size) % size];
  }

  /**
   * Moves the layer to where `first` stands at the edge. After a leap, when no row in sight was in sight before, the elements stay where
   * they are and all stand for rows as much further on: nothing has to be laid out but what they say.
   */
  private place({ first, offset }: Sight): void {
    const { layer, rowHeight } = this.options;
    const leap = first - this.first;
    if (Math.abs(leap) >= this.rows.length) {
      this.origin += leap;
      this.turn = (this.turn - leap) % this.rows.length;
      for (const row of this.rows) {
        if (row.rank < 0) continue;
        row.rank += leap;
        this.renew(row);
      }
    }
    this.first = first;
    layer.style.transform = `translateY(${(this.origin - first) * rowHeight - offset}px)`;
  }

  private putAt(row: Row): void {
    row.element.style.insetBlockStart = `${(row.rank - this.origin) * this.options.rowHeight}px`;
  }

  private number(row: Row): void {
    row.element.setAttribute('aria-rowindex', String(row.rank + this.firstIndex));
  }

  private assign(row: Row, rank: number): void {
    if (row.rank < 0) row.element.hidden = false;
    row.rank = rank;
    this.putAt(row);
    this.renew(row);
  }

  /** The element stands for another row from here on. */
  private renew(row: Row): void {
    this.number(row);
    if (!row.hasTitles) return;
    row.hasTitles = false;
    for (const { element } of row.cells) element.removeAttribute('title');
  }

  private retire(row: Row): void {
    if (row.rank < 0) return;
    row.rank = -1;
    row.element.hidden = true;
  }

  private blank(row: Row): void {
    if (row.account === '' && row.state === '') return;
    row.account = '';
    row.state = '';
    row.isBehind = true;
    row.element.dataset.blank = '';
    this.ink?.wipeRow(this.inkTop(row));
    for (const cell of row.cells) {
      cell.said = '';
      cell.isKnown = true;
      cell.value = Number.NaN;
      cell.beside = -1;
    }
  }

  /** Where the row stands on the canvas, px. */
  private inkTop(row: Row): number {
    return (row.rank - this.sight.first) * this.options.rowHeight - this.sight.offset;
  }

  private write(row: Row, { rows, book }: KnownRows, at: number, isClean: boolean): void {
    const account = rows.account[at]!;
    const isOther = account !== row.account;
    if (isOther) {
      if (row.account === '') delete row.element.dataset.blank;
      row.account = account;
      row.element.dataset.account = account;
    }
    const state = stateOf(rows, at);
    if (state !== row.state) {
      row.state = state;
      row.isBehind = true;
    }
    const isWatched = rows.watched[at] === 1;
    if (isWatched !== row.isWatched) {
      row.isWatched = isWatched;
      row.element.toggleAttribute('data-watched', isWatched);
      if (isWatched) row.pin.setAttribute('aria-label', 'pinned');
      else row.pin.removeAttribute('aria-label');
    }
    for (let index = 0; index < row.cells.length; index++) {
      const isChanged = this.say(row, row.cells[index]!, this.columns[index]!, rows, at, book, isOther);
      if (this.ink && (isChanged || isClean)) this.draw(row, index, isClean);
    }
  }

  /** Takes in what the cell says now; whether that is something else than before. */
  private say(row: Row, cell: Cell, column: DeskColumnSpec, rows: DeskRows, at: number, book: BookNames, isOther: boolean): boolean {
    const value = column.value(rows, at);
    const beside = column.beside(rows, at);
    if (!isOther && Object.is(value, cell.value) && beside === cell.beside) return false;
    cell.value = value;
    cell.beside = beside;
    const text = column.text(rows, at, book);
    const isKnown = hasNumber(column, rows, at);
    if (text === cell.said && isKnown === cell.isKnown) return false;
    cell.said = text;
    cell.isKnown = isKnown;
    row.isBehind = true;
    return true;
  }

  private draw(row: Row, index: number, isClean: boolean): void {
    const { id } = this.columns[index]!;
    const cell = row.cells[index]!;
    const isState = id === 'state' && row.state !== '';
    const tone = cell.isKnown ? (TONES[id] ?? 'text') : 'faint';
    const isStrong = isState ? row.state !== 'healthy' : STRONG.has(id);
    this.ink?.write(index, this.inkTop(row), cell.said, tone, isStrong, isState ? (row.state as RiskState) : null, isClean);
  }

  private followSoon(): void {
    if (this.followTimer !== undefined) return;
    const wait = this.followedAtMs + FOLLOW_MS - performance.now();
    if (wait <= 0) this.follow();
    else this.followTimer = setTimeout(() => this.follow(), wait);
  }

  /** Lets the elements say what the cells do: at once where somebody reads them. */
  follow(): void {
    clearTimeout(this.followTimer);
    this.followTimer = undefined;
    this.followedAtMs = performance.now();
    for (const row of this.rows) {
      if (!row.isBehind || row.rank < 0) continue;
      row.isBehind = false;
      if (row.state === '') row.stateCell?.removeAttribute('data-state');
      else if (row.stateCell?.dataset.state !== row.state) {
        row.stateCell?.setAttribute('data-state', row.state);
        row.shape?.setAttribute('d', shapePath(row.state));
      }
      for (const { element, text, said, isKnown } of row.cells) {
        if (text.data !== said) text.data = said;
        if (isKnown !== (element.dataset.known === 'false')) continue;
        if (isKnown) delete element.dataset.known;
        else element.dataset.known = 'false';
      }
    }
  }

  private showActive(): void {
    const { active } = this;
    const row = active && this.rows.length > 0 ? this.rowOf(active.row) : undefined;
    const isInSight = active !== null && row?.rank === active.row;
    const element = isInSight ? (row?.cells[active.column]?.element ?? null) : null;
    if (element === this.activeElement) return;
    if (this.activeElement) {
      delete this.activeElement.dataset.active;
      delete this.activeElement.parentElement?.dataset.active;
    }
    this.activeElement = element;
    if (!element) return;
    element.dataset.active = '';
    if (element.parentElement) element.parentElement.dataset.active = '';
  }
}
