/** Perspective on the stream: its engine in its own worker, every tick one Arrow table made beforehand, sorted by buffer. */
import perspective from '@perspective-dev/client';
import serverWasm from '@perspective-dev/server/dist/wasm/perspective-server.wasm?url';
import perspectiveViewer from '@perspective-dev/viewer';
import clientWasm from '@perspective-dev/viewer/dist/wasm/perspective-viewer.wasm?url';
import '@perspective-dev/viewer-datagrid';
import '@perspective-dev/viewer/dist/css/pro.css';
import type { DeskRows } from '../../src/session/protocol.ts';
import { driven, FIGURES, ROWS, record, SIGHT, stateName } from './stream.ts';

/** What moves; rows are told apart by number. */
const SCHEMA = {
  row: 'integer',
  state: 'string',
  equity: 'float',
  grossNotional: 'float',
  leverage: 'float',
  marginRatio: 'float',
  marginExcess: 'float',
  bufferShare: 'float',
} as const;

interface Viewer extends HTMLElement {
  readonly load: (client: unknown) => Promise<void>;
  readonly restore: (config: object) => Promise<void>;
  readonly flush: () => Promise<void>;
}

const everyRow = Array.from({ length: ROWS }, (_, row) => row);

/** A number that is none is no value there. */
const columnsOf = (tick: DeskRows): Record<string, unknown[]> => ({
  row: everyRow,
  state: everyRow.map((row) => stateName(tick, row)),
  ...Object.fromEntries(FIGURES.map((name) => [name, Array.from(tick[name], (value) => (Number.isFinite(value) ? value : null))])),
});

async function open(): Promise<(tick: number) => Promise<void>> {
  const recorded = await record();
  perspective.init_server(fetch(serverWasm));
  await perspectiveViewer.init_client(fetch(clientWasm));
  const client = await perspective.worker();
  const arrows: ArrayBuffer[] = [];
  for (const tick of recorded.ticks) {
    const scratch = await client.table(SCHEMA, { index: 'row' });
    await scratch.update(columnsOf(tick));
    const view = await scratch.view();
    arrows.push(await view.to_arrow());
    await view.delete();
    await scratch.delete();
  }
  const table = await client.table({ account: 'string', ...SCHEMA }, { index: 'row', name: 'accounts' });
  await table.update({ account: [...recorded.account], ...columnsOf(recorded.ticks[0]!) });
  const viewer = document.querySelector('perspective-viewer') as Viewer;
  Object.assign(viewer.style, { width: `${SIGHT.width}px`, height: `${SIGHT.height}px` });
  await viewer.load(client);
  await viewer.restore({
    table: 'accounts',
    plugin: 'Datagrid',
    settings: false,
    columns: ['account', 'state', ...FIGURES],
    sort: [['marginExcess', 'asc']],
  });
  await viewer.flush();
  return async (tick) => {
    await table.update(arrows[tick % arrows.length]!);
    await viewer.flush();
  };
}

Object.assign(window, { subject: driven(open) });
