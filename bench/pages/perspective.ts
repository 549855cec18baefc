/** Perspective on the stream: its engine in its own worker, every tick one Arrow table made beforehand, sorted by buffer. */
import perspective from '@perspective-dev/client';
import serverWasm from '@perspective-dev/server/dist/wasm/perspective-server.wasm?url';
import perspectiveViewer from '@perspective-dev/viewer';
import clientWasm from '@perspective-dev/viewer/dist/wasm/perspective-viewer.wasm?url';
import '@perspective-dev/viewer-datagrid';
import '@perspective-dev/viewer/dist/css/pro.css';
import { accountName, driven, type Frame, prepareFrames, ROWS, STATES } from './stream.ts';

const SCHEMA = {
  row: 'integer',
  account: 'string',
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

const columnsOf = (frame: Frame, names: readonly string[] | null): Record<string, unknown[]> => ({
  row: Array.from({ length: ROWS }, (_, row) => row),
  ...(names ? { account: [...names] } : {}),
  state: Array.from(frame.state, (code) => STATES[code]),
  equity: [...frame.equity],
  grossNotional: [...frame.grossNotional],
  leverage: [...frame.leverage],
  marginRatio: [...frame.marginRatio],
  marginExcess: [...frame.marginExcess],
  bufferShare: [...frame.bufferShare],
});

async function open(): Promise<(tick: number) => Promise<void>> {
  const [client] = await Promise.all([
    (async () => {
      perspective.init_server(fetch(serverWasm));
      await perspectiveViewer.init_client(fetch(clientWasm));
      return perspective.worker();
    })(),
    customElements.whenDefined('perspective-viewer'),
  ]);
  const frames = prepareFrames();
  const arrows: ArrayBuffer[] = [];
  for (const frame of frames) {
    const { account: _, ...schema } = SCHEMA;
    const scratch = await client.table(schema, { index: 'row' });
    await scratch.update(columnsOf(frame, null));
    const view = await scratch.view();
    arrows.push(await view.to_arrow());
    await view.delete();
    await scratch.delete();
  }
  const table = await client.table(SCHEMA, { index: 'row', name: 'accounts' });
  await table.update(
    columnsOf(
      frames[0]!,
      Array.from({ length: ROWS }, (_, row) => accountName(row)),
    ),
  );
  const viewer = document.querySelector('perspective-viewer') as Viewer;
  await viewer.load(client);
  await viewer.restore({
    table: 'accounts',
    plugin: 'Datagrid',
    settings: false,
    columns: ['account', 'state', 'equity', 'grossNotional', 'leverage', 'marginRatio', 'marginExcess', 'bufferShare'],
    sort: [['marginExcess', 'asc']],
  });
  return async (tick) => {
    await table.update(arrows[tick % arrows.length]!);
    await viewer.flush();
  };
}

const opened = open();
const subject = driven(
  opened.then(() => {}),
  (tick) => opened.then((update) => update(tick)),
);
Object.assign(window, { subject });
