/** A scene as a picture with its title above and its time and source below. */
import { HATCH_STEP, LABEL_SIZE, type Mark, type Paint, type Scene } from './scene.ts';

export interface Caption {
  readonly title: string;
  /** One sentence of what is seen. */
  readonly summary: string;
  /** Time and source of the figures. */
  readonly source: string;
}

/** Pixels of the picture per CSS pixel: sharp when printed. */
const SCALE = 2;
const MARGIN = 16;
const LINE = 18;

type Colours = (name: Paint | 'background') => string;

function hatchOf(context: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  const side = HATCH_STEP * SCALE * 2;
  tile.width = side;
  tile.height = side;
  const lines = tile.getContext('2d');
  if (!lines) return colour;
  lines.strokeStyle = colour;
  lines.lineWidth = SCALE;
  for (let at = -side; at <= 2 * side; at += side / 2) {
    lines.beginPath();
    lines.moveTo(at, side);
    lines.lineTo(at + side, 0);
    lines.stroke();
  }
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix([1 / SCALE, 0, 0, 1 / SCALE, 0, 0]));
  return pattern ?? colour;
}

function drawMark(context: CanvasRenderingContext2D, mark: Mark, colours: Colours, font: string): void {
  context.globalAlpha = 'opacity' in mark ? (mark.opacity ?? 1) : 1;
  switch (mark.kind) {
    case 'rect': {
      context.fillStyle = mark.isHatched ? hatchOf(context, colours(mark.fill)) : colours(mark.fill);
      context.fillRect(mark.x, mark.y, Math.max(0, mark.width), Math.max(0, mark.height));
      if (!mark.isHatched) return;
      context.strokeStyle = colours(mark.fill);
      context.lineWidth = 1;
      context.strokeRect(mark.x, mark.y, Math.max(0, mark.width), Math.max(0, mark.height));
      return;
    }
    case 'line': {
      context.strokeStyle = colours(mark.stroke);
      context.lineWidth = 1;
      context.setLineDash(mark.isDashed ? [3, 3] : []);
      context.beginPath();
      context.moveTo(mark.x1, mark.y1);
      context.lineTo(mark.x2, mark.y2);
      context.stroke();
      context.setLineDash([]);
      return;
    }
    case 'text': {
      context.font = `${mark.isStrong ? '650 ' : ''}${mark.size ?? LABEL_SIZE}px ${font}`;
      context.fillStyle = colours(mark.fill);
      context.textAlign = mark.anchor === 'middle' ? 'center' : (mark.anchor ?? 'start');
      context.fillText(mark.text, mark.x, mark.y);
      return;
    }
    case 'path': {
      const path = new Path2D(mark.d);
      if (mark.fill) {
        context.fillStyle = colours(mark.fill);
        context.fill(path);
      }
      if (mark.stroke) {
        context.strokeStyle = colours(mark.stroke);
        context.lineWidth = mark.strokeWidth ?? 1;
        context.stroke(path);
      }
    }
  }
}

/** `text` in lines no wider than `width`. */
function wrap(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && context.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

/** The picture as PNG bytes, in the colours that `root` has now; null where the browser makes none. */
export function pictureOf(scene: Scene, caption: Caption, root: HTMLElement): Promise<Blob | null> {
  const style = getComputedStyle(root);
  const colours: Colours = (name) => style.getPropertyValue(`--${name}`).trim();
  const font = style.fontFamily;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) return Promise.resolve(null);
  const width = Math.max(scene.width, 320);
  context.font = `12px ${font}`;
  const summary = wrap(context, caption.summary, width);
  const source = wrap(context, caption.source, width);
  const top = MARGIN + LINE + summary.length * LINE + 8;
  canvas.width = (width + 2 * MARGIN) * SCALE;
  canvas.height = (top + scene.height + 8 + source.length * LINE + MARGIN) * SCALE;
  context.scale(SCALE, SCALE);
  context.fillStyle = colours('background');
  context.fillRect(0, 0, canvas.width, canvas.height);
  const line = (text: string, y: number, fill: Paint, size: number, isStrong = false): void =>
    drawMark(context, { kind: 'text', x: MARGIN, y, text, fill, size, isStrong }, colours, font);
  line(caption.title, MARGIN + 12, 'text', 14, true);
  summary.forEach((text, i) => {
    line(text, MARGIN + 12 + (i + 1) * LINE, 'muted', 12);
  });
  source.forEach((text, i) => {
    line(text, top + scene.height + 8 + 12 + i * LINE, 'faint', 12);
  });
  context.translate(MARGIN, top);
  for (const mark of scene.marks) drawMark(context, mark, colours, font);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
