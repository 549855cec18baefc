/**
 * Looks at the desk from outside: when a beat of the engine began, when its rows were painted, what the main thread did meanwhile.
 * The page and the worker are the built ones; what is put in front of them only notes times.
 */
import type { BrowserContext, Page } from '@playwright/test';

export interface Watched {
  /** ms from the beginning of an engine's beat until the frame with its rows was painted. */
  readonly paints: readonly number[];
  /** ms between animation frames. */
  readonly frames: readonly number[];
  /** Tasks of the main thread above 50 ms, ms. */
  readonly longTasks: readonly number[];
  readonly elapsedMs: number;
}

export interface Scrolled {
  /** Frames in which some height of the table showed no row. */
  readonly blank: number;
  /** Frames that showed the same first row as the one before. */
  readonly held: number;
  readonly frames: number;
  readonly elapsedMs: number;
}

interface Probe {
  readonly post: (message: object) => void;
  readonly start: () => void;
  readonly stop: () => Watched;
  readonly scroll: (pixels: number, frames: number) => Promise<Scrolled>;
  /** ms since the page opened of the command that opened the desk and of the frame that first showed its rows; null until then. */
  readonly opened: () => { readonly askedMs: number; readonly shownMs: number } | null;
}

declare global {
  interface Window {
    deskProbe: Probe;
  }
}

/** Rows that hold an account, and rows that do not know theirs yet. */
export const ROW = '[role="row"][data-slot]:not([hidden])';
export const KNOWN_ROW = `${ROW}:not([data-blank])`;

/** In the worker: every desk window says when the beat began in which it was made. */
const WORKER_PROBE = `{
  const clock = () => performance.timeOrigin + performance.now();
  const every = self.setInterval.bind(self);
  const post = self.postMessage.bind(self);
  let beatMs = NaN;
  self.setInterval = (run, ms) => every(() => { beatMs = clock(); run(); beatMs = NaN; }, ms);
  self.postMessage = (message, transfer) =>
    post(message?.kind === 'desk-window' ? { ...message, beatMs } : message, transfer);
}
`;

/** Puts the probe into every page of the context and into the engine's worker. */
export async function probeDesk(context: BrowserContext): Promise<void> {
  await context.route('**/assets/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: WORKER_PROBE + (await response.text()) });
  });
  await context.addInitScript(pageProbe, { row: ROW, knownRow: KNOWN_ROW });
}

/** Runs in the page, before anything of its own. */
function pageProbe({ row, knownRow }: { readonly row: string; readonly knownRow: string }): void {
  const clock = (): number => performance.timeOrigin + performance.now();
  let worker: Worker | undefined;
  let pendingMs = Number.NaN;
  let askedMs = Number.NaN;
  let shownMs = Number.NaN;
  let isRunning = false;
  let shown = '';
  let startMs = 0;
  let lastFrame = 0;
  /** Where the shape and the word of the state stand, px. */
  const [INK_LEFT, INK_WIDTH] = [30, 80];
  let paints: number[] = [];
  let frames: number[] = [];
  let longTasks: number[] = [];

  /** Runs after the present frame is painted. */
  const channel = new MessageChannel();
  let painted: (() => void)[] = [];
  channel.port1.onmessage = () => {
    const due = painted;
    painted = [];
    for (const run of due) run();
  };
  const afterPaint = (run: () => void): void => {
    painted.push(run);
    if (painted.length === 1) channel.port2.postMessage(0);
  };

  const Native = window.Worker;
  window.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      worker = this;
      this.addEventListener('message', ({ data }: MessageEvent<{ kind?: string; beatMs?: number }>) => {
        if (data.kind === 'desk-window' && data.beatMs && Number.isNaN(pendingMs)) pendingMs = data.beatMs;
      });
    }
    override postMessage(message: unknown, transfer?: Transferable[] | StructuredSerializeOptions): void {
      if ((message as { kind?: string }).kind === 'desk-open' && Number.isNaN(askedMs)) askOpened();
      super.postMessage(message, transfer as Transferable[]);
    }
  };

  const askOpened = (): void => {
    askedMs = performance.now();
    const look = (): void => {
      if (!document.querySelector(knownRow)) requestAnimationFrame(look);
      else
        afterPaint(() => {
          shownMs = performance.now();
        });
    };
    requestAnimationFrame(look);
  };

  /** Texts drawn on canvases so far: cells are drawn there, and their elements follow later. */
  let drawnTexts = 0;
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (...words: Parameters<typeof fillText>) {
    drawnTexts++;
    fillText.apply(this, words);
  };

  const inkOf = (layer: Element | null | undefined): HTMLCanvasElement | null =>
    layer?.matches('[data-inked]') ? (layer.nextElementSibling as HTMLCanvasElement) : null;

  /** What the rows say, as one text; where they are drawn, how much was drawn so far. */
  const text = (): string => {
    const layer = document.querySelector(row)?.parentElement;
    return inkOf(layer) ? String(drawnTexts) : (layer?.textContent ?? '');
  };

  const frame = (now: number): void => {
    if (!isRunning) return;
    frames.push(now - lastFrame);
    lastFrame = now;
    if (!Number.isNaN(pendingMs)) {
      const next = text();
      if (next !== shown) {
        shown = next;
        const beatMs = pendingMs;
        pendingMs = Number.NaN;
        afterPaint(() => paints.push(clock() - beatMs));
      }
    }
    requestAnimationFrame(frame);
  };

  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasks.push(duration);
  });

  const scrollerOf = (element: Element | null): HTMLElement => {
    for (let at = element?.parentElement; at; at = at.parentElement) {
      if (at.scrollHeight > at.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
    }
    throw new Error('The table has nothing that scrolls.');
  };

  /** Whether the row shows anything but its frame: letters, or ink where it stands. */
  const isWritten = (at: Element): boolean => {
    const ink = inkOf(at.parentElement);
    if (!ink) return at.textContent !== '';
    const [box, sheet] = [at.getBoundingClientRect(), ink.getBoundingClientRect()];
    const top = Math.max(0, box.top - sheet.top) * devicePixelRatio;
    const bottom = Math.min(sheet.height, box.bottom - sheet.top) * devicePixelRatio;
    // Of a row at the edge the letters may be beyond it.
    if (bottom - top < box.height / 2) return true;
    const width = INK_WIDTH * devicePixelRatio;
    const pixels = ink.getContext('2d')?.getImageData(INK_LEFT * devicePixelRatio, top, width, bottom - top).data;
    return pixels?.some((value) => value > 0) ?? false;
  };

  /** Index of the first row in sight, or −1 where some height shows none. */
  const sight = (view: DOMRect, top: number): number => {
    let first = -1;
    for (let i = 0; i < 7; i++) {
      const y = top + 3 + ((view.bottom - top - 6) * i) / 6;
      const at = document.elementFromPoint(view.left + 40, y)?.closest(row);
      if (!at || at.matches('[data-blank]') || !isWritten(at)) return -1;
      if (i === 0) first = Number(at.getAttribute('aria-rowindex'));
    }
    return first;
  };

  window.deskProbe = {
    post: (message) => worker?.postMessage(message),
    start: () => {
      paints = [];
      frames = [];
      longTasks = [];
      shown = text();
      pendingMs = Number.NaN;
      isRunning = true;
      tasks.observe({ type: 'longtask' });
      requestAnimationFrame((now) => {
        startMs = lastFrame = now;
        requestAnimationFrame(frame);
      });
    },
    stop: () => {
      isRunning = false;
      tasks.disconnect();
      return { paints, frames, longTasks, elapsedMs: performance.now() - startMs };
    },
    opened: () => (Number.isNaN(shownMs) ? null : { askedMs, shownMs }),
    scroll: (pixels, count) =>
      new Promise((resolve) => {
        const scroller = scrollerOf(document.querySelector(knownRow));
        const view = scroller.getBoundingClientRect();
        // The headings stay where they are: rows begin below them.
        let top = view.top;
        while (top < view.bottom && !document.elementFromPoint(view.left + 40, top)?.closest(row)) top++;
        const begin = performance.now();
        let blank = 0;
        let held = 0;
        let last = -1;
        let step = pixels;
        let done = 0;
        const next = (): void => {
          const end = scroller.scrollHeight - scroller.clientHeight;
          if (scroller.scrollTop + step > end || scroller.scrollTop + step < 0) step = -step;
          scroller.scrollTop += step;
          afterPaint(() => {
            const index = sight(view, top);
            if (index < 0) blank++;
            else if (index === last) held++;
            last = index;
            done++;
            if (done < count) requestAnimationFrame(next);
            else resolve({ blank, held, frames: count, elapsedMs: performance.now() - begin });
          });
        };
        requestAnimationFrame(next);
      }),
  };
}

/** Tells the page's engine something the page has no control for: the speed of its feed. */
export const setSpeed = (page: Page, speed: number): Promise<void> =>
  page.evaluate((value) => window.deskProbe.post({ kind: 'feed-speed', speed: value }), speed);
