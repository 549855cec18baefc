/** AA-8: the command, against a venue's stand-in on this machine. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MORPHO_MARKET } from '../venue-sim/chain.ts';
import { startVenueSim } from '../venue-sim/server.ts';

const USER = `0x${'ab'.repeat(20)}`;
const { response: STATE } = (
  JSON.parse(readFileSync(new URL('./venues/hyperliquid/vectors/responses.json', import.meta.url), 'utf8')) as {
    id: string;
    response: object;
  }[]
).find(({ id }) => id === 'hl-raw-01') as { response: object };
const ANSWERS: Readonly<Record<string, unknown>> = {
  perpDexs: [null],
  clearinghouseState: STATE,
  metaAndAssetCtxs: [{ universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }], marginTables: [] }, [{ markPx: '1', oraclePx: '1' }]],
  userAbstraction: null,
  spotClearinghouseState: { balances: [] },
  vaultDetails: null,
};

let server: Server;
let gateway = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => response.end(JSON.stringify(ANSWERS[(JSON.parse(body) as { type: string }).type])));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const run = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((done) => {
    execFile(process.execPath, ['scripts/run.mjs', 'address', ...args], { maxBuffer: 1 << 26 }, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });

describe('npm run address', () => {
  it('prints figures, and the venue’s own beside them, in agreement', async () => {
    const { code, out } = await run('--gateway', gateway, 'hyperliquid', USER);
    expect(code).toBe(0);
    const line = JSON.parse(out) as { account: string; theirs: { figure: string; reason?: string; ours: string | null }[] };
    expect(line.account).toBe(USER);
    expect(line.theirs.filter(({ figure, ours }) => figure === 'liquidationPrice' && ours !== null).length).toBeGreaterThanOrEqual(3);
    expect(line.theirs.filter(({ reason }) => reason !== undefined)).toEqual([]);
  });
  it('prints a book that assess reads', async () => {
    const { out } = await run('--book', '--gateway', gateway, 'hyperliquid', USER);
    expect(JSON.parse(out)).toMatchObject({ format: 'leverage-book/1', accounts: [{ id: USER, venue: 'hyperliquid' }] });
  });
  it('AA-25, AA-26: reads chains, with what the contract says, and the markets of Morpho that are named', async () => {
    const sim = await startVenueSim();
    const chain = `${sim.origin}/venue-sim/base`;
    const compound = await run('--gateway', chain, 'compound-v3:base', USER);
    expect(JSON.parse(compound.out.split('\n')[0] ?? '')).toMatchObject({
      notes: expect.arrayContaining(['The usdc market says: not liquidatable.']),
    });
    const { code, out } = await run('--gateway', chain, '--market', MORPHO_MARKET, 'morpho-blue:base', USER);
    await sim.close();
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ account: `${USER}@base/morpho-${MORPHO_MARKET}`, venue: 'morpho-blue' });
  });
  it.each([
    [['--market', MORPHO_MARKET, 'hyperliquid', USER], /--market is for Morpho/],
    [['--market', '0x12', 'morpho-blue:base', USER], /32 bytes/],
    [['nowhere', USER], /no venue/],
    [['hyperliquid'], /no address/],
    [['hyperliquid', '0x12'], /40 hexadecimal digits/],
    [['--gateway', 'http://127.0.0.1:9', 'hyperliquid', USER], /127\.0\.0\.1:9/],
  ])('%j is refused in words', async (args, message) => {
    const { code, out, err } = await run(...(args as string[]));
    expect([code, out]).toEqual([2, '']);
    expect((JSON.parse(err) as { error: { message: string } }).error.message).toMatch(message);
  });
});
