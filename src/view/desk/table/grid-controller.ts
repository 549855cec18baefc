/**
 * The accounts table while it runs: paints what is in sight when it is scrolled and when a window arrives, asks for the rows around it,
 * moves the active cell, and says whether somebody is in the table. React draws the frame around it once.
 */
import type { DeskBook, DeskRows, DeskWindowState } from '../../../store/types.ts';
import { CellInk } from './cell-ink.ts';
import { type DeskColumnSpec, widthOf } from './columns.ts';
import { moveByKey, type Sight, scrollTopFor, sightOf, type Viewport, wantedHeight, windowAround } from './geometry.ts';
import { type GridClasses, type KnownRows, RowPainter } from './painter.ts';

export interface GridPort {
  readonly window: () => DeskWindowState | null;
  readonly book: () => DeskBook | null;
  /** Rows at once where they are here; null where they have to be asked for. */
  readonly read: (from: number, count: number) => DeskRows | null;
  readonly scroll: (from: number, count: number) => void;
  readonly freeze: (isFrozen: boolean) => void;
  readonly open: (account: string) => void;
  readonly watch: (account: string, isWatched: boolean) => void;
}

export interface GridElements {
  /** Scrolls, holds the focus, and is the grid. */
  readonly container: HTMLElement;
  /** Stays at the top: headings and pinned rows. */
  readonly head: HTMLElement;
  readonly pinned: HTMLElement;
  /** As tall as all rows together. */
  readonly body: HTMLElement;
  /** The part of the body that is seen. */
  readonly stage: HTMLElement;
  readonly layer: HTMLElement;
  /** Above the layer; null where cells are drawn as their elements' text. */
  readonly canvas: HTMLCanvasElement | null;
}

/** What is kept while another page is shown. */
export interface GridMemory {
  scrollTop: number;
  account: string;
  column: number;
  /** The focus was in the table when the page was left. */
  hadFocus: boolean;
}

/** Watched rows that are pinned; the others are a filter away. */
export const PINNED_MAX = 5;
/** More rows than any screen shows: a page that is laid out wrongly is short of rows, not of memory. */
const ROWS_MAX = 250;
/** Rows that are here already are asked for again when scrolling rests this long, and at least this often while it does not. */
const ASK_REST_MS = 60;
const ASK_INTERVAL_MS = 250;
/** Rows that one window may hold. */
const WINDOW_MAX = 1_000;

export class GridController {
  private readonly port: GridPort;
  private readonly elements: GridElements;
  private readonly main: RowPainter;
  private readonly pinned: RowPainter;
  private readonly rowHeight: number;
  private readonly memory: GridMemory;
  private columns: readonly DeskColumnSpec[] = [];
  private known: KnownRows | null = null;
  private knownPinned: KnownRows | null = null;
  private readonly ink: CellInk | null;
  private shown = { matched: -1, pinned: -1, viewHeight: 0, viewWidth: 0, contentHeight: 0 };
  /** Row of the active cell, pinned rows first; −1 for none. */
  private activeRow = -1;
  private asked = { from: -1, count: -1 };
  private askTimer: ReturnType<typeof setTimeout> | undefined;
  private askedAtMs = 0;
  /** Read when the browser says that it changed: read among changes to the page it would cost a layout. */
  private scrollTop = 0;
  private scrollLeft = 0;
  private again = 0;
  private isPointerIn = false;
  private isFocusIn = false;
  private readonly forcedColors: MediaQueryList;
  private readonly stop = new AbortController();
  private readonly observer: ResizeObserver;

  constructor(
    port: GridPort,
    elements: GridElements,
    options: { id: string; rowHeight: number; classes: GridClasses; memory: GridMemory },
  ) {
    const { id, rowHeight, classes, memory } = options;
    this.port = port;
    this.elements = elements;
    this.rowHeight = rowHeight;
    this.memory = memory;
    this.main = new RowPainter({ layer: elements.layer, id: `${id}m`, rowHeight, classes });
    this.pinned = new RowPainter({ layer: elements.pinned, id: `${id}p`, rowHeight, classes });
    this.ink = elements.canvas && CellInk.on(elements.canvas, rowHeight, () => this.paint());
    this.forcedColors = matchMedia('(forced-colors: active)');
    this.observer = new ResizeObserver(() => this.resize());
    this.listen();
    this.observer.observe(elements.container);
    this.observer.observe(elements.head);
  }

  setColumns(columns: readonly DeskColumnSpec[]): void {
    this.columns = columns;
    this.memory.column = Math.min(this.memory.column, Math.max(0, columns.length - 1));
    this.main.reset(columns, 0);
    this.pinned.reset(columns, PINNED_MAX);
    this.shown = { ...this.shown, viewHeight: 0 };
    this.resize();
  }

  close(): void {
    this.memory.scrollTop = this.scrollTop;
    this.memory.hadFocus = this.isFocusIn;
    this.stop.abort();
    this.observer.disconnect();
    this.ink?.close();
    this.main.close();
    this.pinned.close();
    cancelAnimationFrame(this.again);
    clearTimeout(this.askTimer);
    this.port.freeze(false);
  }

  /** Takes what has changed in the state onto the screen. */
  update(): void {
    this.paint();
  }

  /** To the first row: another filter or order begins there. */
  toTop(): void {
    this.scrollTo(0);
    this.paint();
  }

  private scrollTo(top: number): void {
    const { container } = this.elements;
    if (top === this.scrollTop) return;
    container.scrollTop = top;
    this.scrollTop = container.scrollTop;
  }

  private onScroll(): void {
    const { container } = this.elements;
    const top = container.scrollTop;
    const left = container.scrollLeft;
    // What a key has scrolled to is painted already.
    if (top === this.scrollTop && left === this.scrollLeft) return;
    this.scrollTop = top;
    if (left !== this.scrollLeft) {
      this.scrollLeft = left;
      container.style.setProperty('--aside', `${left}px`);
      container.toggleAttribute('data-aside', left > 0);
      this.chooseInk();
    }
    this.paint();
  }

  /** Names that stay while the rest moves sideways, and colours that are the system's, are left to the elements. */
  private chooseInk(): void {
    this.main.setInk(this.scrollLeft > 0 || this.forcedColors.matches ? null : this.ink);
  }

  private onForcedColors(): void {
    this.chooseInk();
    this.paint();
  }

  private listen(): void {
    const { container, head } = this.elements;
    const { signal } = this.stop;
    container.addEventListener('scroll', () => this.onScroll(), { signal, passive: true });
    container.addEventListener('keydown', (event) => this.onKeyDown(event), { signal });
    container.addEventListener('click', (event) => this.onClick(event), { signal });
    container.addEventListener('dblclick', (event) => this.onDoubleClick(event), { signal });
    container.addEventListener('pointerover', (event) => this.onPointerOver(event), { signal, passive: true });
    container.addEventListener('pointerenter', () => this.somebodyIsIn({ pointer: true }), { signal });
    container.addEventListener('pointerleave', () => this.somebodyIsIn({ pointer: false }), { signal });
    container.addEventListener('focusin', (event) => this.onFocusIn(event), { signal });
    container.addEventListener('focusout', () => this.somebodyIsIn({ focus: false }), { signal });
    this.forcedColors.addEventListener('change', () => this.onForcedColors(), { signal });
    head.addEventListener('dblclick', (event) => event.preventDefault(), { signal });
  }

  private resize(): void {
    const { container, head, stage } = this.elements;
    const viewHeight = Math.max(0, container.clientHeight - head.offsetHeight);
    const viewWidth = container.clientWidth;
    if (this.columns.length === 0) return;
    if (viewHeight === this.shown.viewHeight && viewWidth === this.shown.viewWidth) return;
    const isFirst = this.shown.contentHeight === 0;
    this.shown = { ...this.shown, viewHeight, viewWidth };
    this.ink?.layOut(this.columns, Math.max(viewWidth, widthOf(this.columns)), viewHeight);
    this.chooseInk();
    container.style.setProperty('--head', `${head.offsetHeight}px`);
    stage.style.blockSize = `${viewHeight}px`;
    const size = Math.min(ROWS_MAX, Math.ceil(viewHeight / this.rowHeight) + 2);
    if (size !== this.main.size) this.main.reset(this.columns, size);
    this.paint();
    if (isFirst) this.comeBack();
  }

  /** To where the table was left, with the focus if it was there and is nowhere else now. */
  private comeBack(): void {
    if (this.memory.scrollTop > 0) this.scrollTo(this.memory.scrollTop);
    if (this.memory.hadFocus && document.activeElement === document.body) this.elements.container.focus({ preventScroll: true });
    this.memory.hadFocus = false;
  }

  private get pinnedCount(): number {
    return this.knownPinned?.rows.count ?? 0;
  }

  private paint(): void {
    const window = this.port.window();
    const book = this.port.book();
    if (!window || !book || this.main.size === 0) {
      this.paintNothing();
      return;
    }
    this.paintPinned(window, book);
    this.fit(window.matched);
    const sight = sightOf(this.viewport(window.matched), this.scrollTop);
    this.known = this.rowsFor(sight, window, book);
    this.followAccount();
    this.main.setActive(this.cellAt(this.activeRow - this.pinnedCount));
    const unknown = this.main.paint(sight, this.known, this.pinnedCount + 2);
    this.sayActive();
    this.ask(sight, window.matched, unknown === 0);
    if (unknown > 0) this.paintAgain();
  }

  private paintNothing(): void {
    this.known = null;
    this.knownPinned = null;
    this.main.paint({ first: 0, end: 0, offset: 0 }, null, 2);
    this.pinned.paint({ first: 0, end: 0, offset: 0 }, null, 2);
  }

  /** Shared memory may just have been written to: the next frame looks again. */
  private paintAgain(): void {
    if (this.again !== 0) return;
    this.again = requestAnimationFrame(() => {
      this.again = 0;
      this.paint();
    });
  }

  private rowsFor(sight: Sight, window: DeskWindowState, book: DeskBook): KnownRows {
    const end = Math.min(sight.end, window.matched);
    const isHeld = sight.first >= window.from && end <= window.from + window.rows.count;
    const read = isHeld ? null : this.port.read(sight.first, end - sight.first);
    return read ? { rows: read, from: sight.first, book } : { rows: window.rows, from: window.from, book };
  }

  private paintPinned(window: DeskWindowState, book: DeskBook): void {
    const { pinned } = this.elements;
    const count = Math.min(PINNED_MAX, window.watched.count);
    this.knownPinned = { rows: count < window.watched.count ? { ...window.watched, count } : window.watched, from: 0, book };
    if (count !== this.shown.pinned) {
      // Pinned rows come first: what is active below them moves on by as many as came or went.
      if (this.shown.pinned >= 0 && this.activeRow >= this.shown.pinned) this.activeRow += count - this.shown.pinned;
      this.shown = { ...this.shown, pinned: count };
      pinned.style.blockSize = `${count * this.rowHeight}px`;
      pinned.hidden = count === 0;
    }
    this.pinned.setActive(this.activeRow < count ? this.cellAt(this.activeRow) : null);
    this.pinned.paint({ first: 0, end: count, offset: 0 }, this.knownPinned, 2);
  }

  private fit(matched: number): void {
    const { container, body } = this.elements;
    const rows = matched + this.pinnedCount + 1;
    if (container.ariaRowCount !== String(rows)) container.ariaRowCount = String(rows);
    if (matched === this.shown.matched) return;
    body.style.blockSize = `${wantedHeight(matched, this.rowHeight)}px`;
    this.shown = { ...this.shown, matched, contentHeight: Math.max(1, body.offsetHeight) };
  }

  private viewport(rowCount: number): Viewport {
    const { viewHeight, contentHeight } = this.shown;
    return { rowCount, rowHeight: this.rowHeight, viewHeight, contentHeight };
  }

  /** Asks for the rows around those in sight: at once where rows are missing, else a little later, as the next step follows at once. */
  private ask(sight: Sight, matched: number, hasRows: boolean): void {
    const wanted = windowAround(sight, this.main.size, Math.max(matched, this.main.size), WINDOW_MAX);
    clearTimeout(this.askTimer);
    if (wanted.from === this.asked.from && wanted.count === this.asked.count) return;
    const send = (): void => {
      this.asked = wanted;
      this.askedAtMs = performance.now();
      this.port.scroll(wanted.from, wanted.count);
    };
    if (!hasRows || performance.now() - this.askedAtMs > ASK_INTERVAL_MS) send();
    else this.askTimer = setTimeout(send, ASK_REST_MS);
  }

  /** The active row stays with its account: it moves where the account moves. */
  private followAccount(): void {
    const { account } = this.memory;
    const isPinned = this.activeRow >= 0 && this.activeRow < this.pinnedCount;
    if (account === '' || isPinned || this.accountAt(this.activeRow) === account) return;
    const found = this.rowOf(account);
    if (found >= 0) this.activeRow = found;
  }

  private rowOf(account: string): number {
    const { known } = this;
    const at = known ? known.rows.account.indexOf(account) : -1;
    return at >= 0 && known ? at + known.from + this.pinnedCount : -1;
  }

  private accountAt(row: number): string {
    const isPinned = row < this.pinnedCount;
    const known = isPinned ? this.knownPinned : this.known;
    if (!known || row < 0) return '';
    return known.rows.account[(isPinned ? row : row - this.pinnedCount) - known.from] ?? '';
  }

  private cellAt(row: number): { row: number; column: number } | null {
    if (row < 0) return null;
    const { account, column } = this.memory;
    // The place now holds another account, and the one that was chosen is out of sight.
    const known = this.known;
    const there = known?.rows.account[row - known.from];
    if (this.activeRow >= this.pinnedCount && account !== '' && there !== undefined && there !== account) return null;
    return { row, column };
  }

  private sayActive(): void {
    const { container } = this.elements;
    const id = this.activeRow < this.pinnedCount ? this.pinned.activeId : this.main.activeId;
    if ((container.getAttribute('aria-activedescendant') ?? '') === id) return;
    if (id === '') container.removeAttribute('aria-activedescendant');
    else container.setAttribute('aria-activedescendant', id);
  }

  private goTo(row: number, column: number): void {
    const isSideways = column !== this.memory.column || this.scrollLeft > 0;
    this.memory.column = column;
    this.memory.account = '';
    this.activeRow = row;
    const inList = row - this.pinnedCount;
    this.scrollTo(inList < 0 ? 0 : scrollTopFor(this.viewport(this.shown.matched), inList, this.scrollTop));
    this.lookUp();
    this.memory.account = this.accountAt(row);
    this.paint();
    this.main.follow();
    if (isSideways) this.showColumn();
  }

  /** The rows that are in sight now, before they are painted. */
  private lookUp(): void {
    const window = this.port.window();
    const book = this.port.book();
    if (window && book) this.known = this.rowsFor(sightOf(this.viewport(window.matched), this.scrollTop), window, book);
  }

  /** Scrolls sideways as far as the active cell asks for, where the columns are wider than the table. It costs a layout. */
  private showColumn(): void {
    if (widthOf(this.columns) <= this.shown.viewWidth) return;
    const id = this.elements.container.getAttribute('aria-activedescendant');
    if (id) document.getElementById(id)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  private onKeyDown(event: KeyboardEvent): void {
    if (event.target !== this.elements.container || event.altKey || event.metaKey) return;
    const rows = this.pinnedCount + Math.max(0, this.shown.matched);
    if (rows === 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      const account = this.memory.account || this.accountAt(this.activeRow);
      if (account === '') return;
      event.preventDefault();
      if (event.key === 'Enter') this.port.open(account);
      else this.toggleWatch(this.activeRow);
      return;
    }
    const page = Math.max(1, Math.floor(this.shown.viewHeight / this.rowHeight) - 1);
    const at = { row: this.activeRow, column: this.memory.column };
    const to = moveByKey(event.key, at, { rows, columns: this.columns.length, page }, event.ctrlKey);
    if (!to) return;
    event.preventDefault();
    this.goTo(Math.max(0, to.row), to.column);
  }

  private toggleWatch(row: number): void {
    const isPinned = row < this.pinnedCount;
    const known = isPinned ? this.knownPinned : this.known;
    const account = this.accountAt(row);
    if (!known || account === '') return;
    const at = (isPinned ? row : row - this.pinnedCount) - known.from;
    this.port.watch(account, known.rows.watched[at] !== 1);
  }

  /** Row and painter that an event happened in; row −1 where in none. */
  private placeOf(target: EventTarget | null): { readonly row: number; readonly painter: RowPainter } {
    const inPinned = this.pinned.rankAt(target);
    if (inPinned >= 0) return { row: inPinned, painter: this.pinned };
    const inMain = this.main.rankAt(target);
    return { row: inMain < 0 ? -1 : inMain + this.pinnedCount, painter: this.main };
  }

  private onClick(event: MouseEvent): void {
    const { row, painter } = this.placeOf(event.target);
    if (row < 0) return;
    if (painter.isPin(event.target)) {
      this.toggleWatch(row);
      return;
    }
    const column = painter.columnAt(event.target);
    const isName = this.columns[column]?.id === 'account';
    this.goTo(row, Math.max(0, column));
    if (isName && this.memory.account !== '') this.port.open(this.memory.account);
  }

  private onDoubleClick(event: MouseEvent): void {
    const { row, painter } = this.placeOf(event.target);
    const account = this.accountAt(row);
    if (row >= 0 && account !== '' && !painter.isPin(event.target)) this.port.open(account);
  }

  private onPointerOver(event: Event): void {
    const { painter } = this.placeOf(event.target);
    painter.explain(event.target, painter === this.pinned ? this.knownPinned : this.known);
  }

  private onFocusIn(event: FocusEvent): void {
    this.somebodyIsIn({ focus: true });
    if (event.target !== this.elements.container || this.activeRow >= 0 || this.shown.matched <= 0) return;
    const { first, offset } = sightOf(this.viewport(this.shown.matched), this.scrollTop);
    this.goTo(this.pinnedCount + Math.min(first + (offset > 0 ? 1 : 0), this.shown.matched - 1), this.memory.column);
  }

  private somebodyIsIn({ pointer = this.isPointerIn, focus = this.isFocusIn }: { pointer?: boolean; focus?: boolean }): void {
    this.isPointerIn = pointer;
    this.isFocusIn = focus;
    this.port.freeze(pointer || focus);
  }
}
