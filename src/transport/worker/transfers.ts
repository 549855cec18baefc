/** What of a frame is handed over instead of copied: buffers that the session makes new for every frame. */
import type { Frame } from '../../session/protocol.ts';

/** Frames whose arrays are theirs alone. */
const HANDED_OVER: ReadonlySet<Frame['kind']> = new Set<Frame['kind']>([
  'history',
  'desk-window',
  'desk-panels',
  'desk-exported',
  'stress-what-if',
  'stress-window',
  'stress-matrix',
  'stress-cascade',
  'stress-feedback',
  'stress-watch',
]);

/** The buffers of `frame` that may change hands; shared memory never does, and an empty one, which may stand in other frames too, need not. */
export function transfersOf(frame: Frame): ArrayBuffer[] {
  if (!HANDED_OVER.has(frame.kind)) return [];
  const buffers = new Set<ArrayBuffer>();
  collect(frame, buffers);
  return [...buffers];
}

function collect(value: unknown, buffers: Set<ArrayBuffer>): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof ArrayBuffer) {
    if (value.byteLength > 0) buffers.add(value);
  } else if (ArrayBuffer.isView(value)) collect(value.buffer, buffers);
  else if (!Array.isArray(value) || typeof value[0] === 'object') for (const part of Object.values(value)) collect(part, buffers);
}
