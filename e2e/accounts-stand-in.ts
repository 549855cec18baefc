/** Stands in for what venues tell of accounts by address, below the page's own address: a recorded account of Hyperliquid, and dYdX as it answers from a country that it blocks. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const META = fixture('hyperliquid-meta.json');
const STATE = fixture('hyperliquid-state.json');

export interface AccountsStandIn {
  readonly origin: string;
  /** Every question, as `hyperliquid clearinghouseState 0x…`. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

/** The venue tells its time with the account: it is now, whatever the recording says. */
const stateNow = (): string => STATE.replace(/"time": \d+/, `"time": ${Date.now()}`);

const INFO: Readonly<Record<string, () => string>> = {
  perpDexs: () => '[null]',
  userAbstraction: () => 'null',
  vaultDetails: () => 'null',
  spotClearinghouseState: () => '{"balances":[]}',
  clearinghouseState: stateNow,
  // One entry a market; marks are those of the account's own state.
  metaAndAssetCtxs: () => `[${META},[${Array.from(META.matchAll(/"szDecimals"/g), () => '{}').join()}]]`,
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

export async function startAccountsStandIn(): Promise<AccountsStandIn> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const told = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    };
    if (request.url?.startsWith('/venue-sim/dydx-v4/v4/addresses/')) {
      standIn.asked.push(`dydx-v4 ${request.url.split('/').at(-1)}`);
      return told(403, '{"errors":[{"msg":"Your country is blocked","code":"GEOBLOCKED"}]}');
    }
    if (request.url !== '/venue-sim/hyperliquid/info') return told(404, '{}');
    const { type, user = '' } = JSON.parse(body) as { readonly type: string; readonly user?: string };
    standIn.asked.push(`hyperliquid ${type} ${user}`);
    return told(200, INFO[type]?.() ?? 'null');
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const standIn: AccountsStandIn = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return standIn;
}
