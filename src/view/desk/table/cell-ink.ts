/**
 * What cells say, drawn on one canvas above the rows: a figure that changes costs a few pixels and no layout. The rows beneath keep
 * their text, unpainted and a moment behind, for those who read the page otherwise. A canvas takes tabular figures and the slashed zero
 * from its element's style.
 */
import { RISK_STATES, type RiskState } from '../../../store/types.ts';
import { shapePath } from '../../ui/state-shape.tsx';
import { type DeskColumnSpec, PIN_WIDTH } from './columns.ts';

/** How a cell is written. */
export type Tone = 'text' | 'muted' | 'faint';

interface Place {
  readonly x: number;
  readonly width: number;
  readonly isEnd: boolean;
}

/** Space between a cell's edge and what it says, px; the style sheet has the same. */
const PADDING = 6;
const SHAPE_SIZE = 9;
const SHAPE_ROOM = 15;
const SHAPE_BOX = 12;
const STRONG = 600;
/** Cut names that are kept. */
const CUTS_MAX = 5_000;

const TOKENS: Readonly<Record<RiskState, string>> = {
  healthy: '--healthy',
  watch: '--watch',
  warning: '--warning',
  'margin-call': '--margin-call',
  liquidation: '--liquidation',
  bankrupt: '--liquidation',
  stale: '--stale',
  indeterminate: '--stale',
};

interface Style {
  readonly plain: string;
  readonly strong: string;
  /** From the top of a row to the line its letters stand on, px. */
  readonly baseline: number;
  readonly tones: Readonly<Record<Tone, string>>;
  readonly states: ReadonlyMap<RiskState, string>;
}

export class CellInk {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly rowHeight: number;
  private readonly onStale: () => void;
  private readonly shapes = new Map<RiskState, Path2D>(RISK_STATES.map((state) => [state, new Path2D(shapePath(state))]));
  private readonly cuts = new Map<string, string>();
  private readonly stop = new AbortController();
  private readonly theme: MutationObserver;
  private columns: readonly DeskColumnSpec[] = [];
  private places: readonly Place[] = [];
  private size = { width: 0, height: 0, scale: 0 };
  private style: Style | null = null;
  private isWhole = false;
  /** What the context is set to: asking it, or telling it the same again, costs more than a cell. */
  private set = { font: '', color: '', align: '' };

  /** `onStale` is called when all must be drawn again: another theme, a font that arrived. Null where there is no canvas to be had. */
  static on(canvas: HTMLCanvasElement, rowHeight: number, onStale: () => void): CellInk | null {
    const context = canvas.getContext('2d');
    return context && new CellInk(canvas, context, rowHeight, onStale);
  }

  private constructor(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, rowHeight: number, onStale: () => void) {
    this.canvas = canvas;
    this.context = context;
    this.rowHeight = rowHeight;
    this.onStale = onStale;
    const renew = (): void => {
      this.style = null;
      this.isWhole = false;
      this.onStale();
    };
    this.theme = new MutationObserver(renew);
    this.theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const { signal } = this.stop;
    matchMedia('(prefers-contrast: more)').addEventListener('change', renew, { signal });
    document.fonts.addEventListener('loadingdone', renew, { signal });
  }

  close(): void {
    this.stop.abort();
    this.theme.disconnect();
  }

  /** Columns from left to right over `width` pixels; the name has what the others leave. */
  layOut(columns: readonly DeskColumnSpec[], width: number, height: number): void {
    this.columns = columns;
    const scale = devicePixelRatio;
    if (width !== this.size.width || height !== this.size.height || scale !== this.size.scale) {
      this.size = { width, height, scale };
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
      this.set = { font: '', color: '', align: '' };
      this.canvas.style.inlineSize = `${width}px`;
      this.canvas.style.blockSize = `${height}px`;
    }
    const spare = Math.max(0, width - columns.reduce((sum, column) => sum + column.width, PIN_WIDTH));
    let x = PIN_WIDTH;
    this.places = columns.map((column) => {
      const place = { x, width: column.width + (column.id === 'account' ? spare : 0), isEnd: column.align === 'end' };
      x += place.width;
      return place;
    });
    this.isWhole = false;
  }

  /** Whether what was drawn last still stands; if not, all is wiped and every row has to be drawn. */
  begin(isSameSight: boolean): boolean {
    if (devicePixelRatio !== this.size.scale) this.layOut(this.columns, this.size.width, this.size.height);
    if (isSameSight && this.isWhole) return true;
    const { width, height, scale } = this.size;
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.isWhole = true;
    return false;
  }

  /** What is on the canvas is no longer told apart: the next `begin` wipes it. */
  forget(): void {
    this.isWhole = false;
  }

  wipeRow(y: number): void {
    this.context.clearRect(0, y, this.size.width, this.rowHeight);
  }

  /** Writes a cell of the row that stands at `y`; `state` where the cell is that of the state. */
  write(column: number, y: number, text: string, tone: Tone, isStrong: boolean, state: RiskState | null, isClean: boolean): void {
    const place = this.places[column];
    if (!place) return;
    const { context } = this;
    this.style ??= this.readStyle();
    const { style } = this;
    if (!isClean) context.clearRect(place.x, y, place.width, this.rowHeight);
    const room = state ? SHAPE_ROOM : 0;
    if (state) this.drawShape(state, place.x + PADDING, y, style);
    this.use(isStrong ? style.strong : style.plain, style.tones[tone], place.isEnd ? 'right' : 'left');
    const x = place.isEnd ? place.x + place.width - PADDING : place.x + PADDING + room;
    context.fillText(place.isEnd ? text : this.cut(text, place.width - 2 * PADDING - room), x, y + style.baseline);
  }

  private use(font: string, color: string, align: 'left' | 'right'): void {
    const { context, set } = this;
    if (set.font !== font) context.font = set.font = font;
    if (set.color !== color) context.fillStyle = set.color = color;
    if (set.align !== align) context.textAlign = set.align = align;
  }

  private drawShape(state: RiskState, x: number, y: number, style: Style): void {
    const { context } = this;
    const scale = SHAPE_SIZE / SHAPE_BOX;
    context.save();
    context.translate(x, y + (this.rowHeight - 1 - SHAPE_SIZE) / 2);
    context.scale(scale, scale);
    context.fillStyle = style.states.get(state) ?? style.tones.faint;
    context.fill(this.shapes.get(state)!, 'evenodd');
    context.restore();
  }

  /** `text`, or as much of its beginning as fits into `width`. */
  private cut(text: string, width: number): string {
    const key = `${width} ${this.set.font} ${text}`;
    const known = this.cuts.get(key);
    if (known !== undefined) return known;
    let shown = text;
    for (let length = text.length - 1; length > 0 && this.context.measureText(shown).width > width; length--)
      shown = `${text.slice(0, length)}…`;
    if (this.cuts.size >= CUTS_MAX) this.cuts.clear();
    this.cuts.set(key, shown);
    return shown;
  }

  private readStyle(): Style {
    const { fontSize, fontFamily } = getComputedStyle(this.canvas);
    const root = getComputedStyle(document.documentElement);
    const token = (name: string): string => root.getPropertyValue(name).trim();
    const plain = `${fontSize} ${fontFamily}`;
    this.cuts.clear();
    this.set.font = this.context.font = plain;
    const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = this.context.measureText('0');
    return {
      plain,
      strong: `${STRONG} ${plain}`,
      baseline: Math.round((this.rowHeight - 1 - ascent - descent) / 2 + ascent),
      tones: { text: token('--text'), muted: token('--muted'), faint: token('--faint') },
      states: new Map(RISK_STATES.map((state) => [state, token(TOKENS[state])])),
    };
  }
}
