import { describe, expect, it } from 'vitest';
import { readJson } from '../../wire/json.ts';
import { hyperliquidAccounts } from './hyperliquid.ts';
import { PacedAsking } from './paced-asking.ts';
import { type Ask, AskError, type Question } from './source.ts';
import { createAccountWatcher } from './watcher.ts';

const PACE = { most: 100, withinMs: 60_000, weight: 10, everyMs: 10_000 };
const recording = () => {
  const put: string[] = [];
  const ask: Ask = ({ url }) => {
    put.push(url);
    return Promise.resolve(url);
  };
  return { put, ask };
};

describe('questions inside the limit of a source', () => {
  it('lets what finds no room wait, the oldest reading first, and asks it when there is', async () => {
    const { put, ask } = recording();
    const asking = new PacedAsking(PACE, ask);
    asking.advance(0);
    void asking.of(1)({ url: 'first', weight: 90 });
    const later = asking.of(3)({ url: 'of 3', weight: 20 });
    void asking.of(2)({ url: 'of 2', weight: 80 });
    asking.advance(59_999);
    expect(put).toEqual(['first']);
    expect([asking.isWaiting(1), asking.isWaiting(2), asking.isWaiting(3)]).toEqual([false, true, true]);
    asking.advance(60_000);
    expect(put).toEqual(['first', 'of 2', 'of 3']);
    expect(await later).toBe('of 3');
  });

  it('puts nothing while it is held, and drops what a reading that was given up still waits for', async () => {
    const { put, ask } = recording();
    const asking = new PacedAsking(PACE, ask);
    asking.advance(0);
    asking.hold(10_000);
    const dropped = asking
      .of(1)({ url: 'dropped', weight: 1 })
      .catch((error: unknown) => error);
    void asking.of(2)({ url: 'kept', weight: 1 });
    asking.drop(1);
    asking.advance(9_999);
    expect(put).toEqual([]);
    asking.advance(10_000);
    expect(put).toEqual(['kept']);
    expect(await dropped).toBeInstanceOf(AskError);
  });

  it('asks once for what serves several readings, though it had to wait, and keeps it from when it was put', async () => {
    const { put, ask } = recording();
    const asking = new PacedAsking(PACE, ask);
    const shared = (reading: number) => asking.of(reading)({ url: 'shared', weight: 50, keepMs: 30_000 });
    asking.advance(0);
    void asking.of(0)({ url: 'heavy', weight: 100 });
    const both = Promise.all([shared(1), shared(2)]);
    asking.drop(1);
    asking.advance(60_000);
    expect(await both).toEqual(['shared', 'shared']);
    asking.advance(89_999);
    await shared(3);
    expect(put).toEqual(['heavy', 'shared']);
    asking.advance(90_000);
    await shared(4);
    expect(put).toEqual(['heavy', 'shared', 'shared']);
  });
});

/** What a question weighs by the venue's documents. */
const weightOf = ({ type }: { readonly type: string }): number => (/^(spotC|c)learinghouseState$/.test(type) ? 2 : 20);
const stateAt = (time: number): object => ({
  assetPositions: [],
  crossMarginSummary: { accountValue: '1.0', totalNtlPos: '0.0', totalRawUsd: '1.0', totalMarginUsed: '0.0' },
  crossMaintenanceMarginUsed: '0.0',
  withdrawable: '1.0',
  time,
});

describe('Hyperliquid inside its limit', () => {
  it('stays below 1,200 a minute with sixty addresses of which four are vaults of ten children, and reads the vaults', async () => {
    let nowMs = 1_760_000_000_000;
    const spent: { readonly atMs: number; readonly weight: number }[] = [];
    const dexes = [null, ...Array.from({ length: 10 }, (_, i) => ({ name: `dex${i}` }))];
    const answerTo = (body: { readonly type: string; readonly vaultAddress?: string }): unknown => {
      if (body.type === 'perpDexs') return dexes;
      if (body.type === 'spotClearinghouseState') return { balances: [] };
      if (body.type === 'clearinghouseState') return stateAt(nowMs);
      if (body.type === 'metaAndAssetCtxs') return [{ universe: [], marginTables: [] }, []];
      const number = Number(body.vaultAddress ?? 99);
      if (body.type !== 'vaultDetails' || number > 4) return null;
      const childAddresses = Array.from({ length: 10 }, (_, i) => `0x${(number * 1_000 + i).toString().padStart(40, '0')}`);
      return { relationship: { type: 'parent', data: { childAddresses } } };
    };
    const ask = ({ body = '' }: Question): Promise<unknown> => {
      const question = JSON.parse(body) as { readonly type: string };
      spent.push({ atMs: nowMs, weight: weightOf(question) });
      return Promise.resolve(readJson(JSON.stringify(answerTo(question))));
    };
    const addresses = Array.from({ length: 60 }, (_, i) => `0x${(i + 1).toString(16).padStart(40, '0')}`);
    const watcher = createAccountWatcher({ source: hyperliquidAccounts, addresses, ask, random: () => 0.5 });
    for (let second = 0; second < 240; second++, nowMs += 1_000) {
      watcher.advance(nowMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const minutes = spent.map(({ atMs }) =>
      spent.filter((one) => one.atMs > atMs - 60_000 && one.atMs <= atMs).reduce((sum, one) => sum + one.weight, 0),
    );
    expect(Math.max(...minutes)).toBeLessThanOrEqual(1_000);
    expect(minutes.length).toBeGreaterThan(500);
    for (const row of watcher.rows().slice(0, 4)) expect([row.why, row.reading?.book.accounts.length]).toEqual(['', 121]);
  });

  it('refuses a mode that the documents do not name', async () => {
    const ask = ({ body = '' }: Question): Promise<unknown> => {
      const { type } = JSON.parse(body) as { readonly type: string };
      const answers: Readonly<Record<string, unknown>> = {
        perpDexs: [null],
        userAbstraction: 'crossEverything',
        clearinghouseState: stateAt(1),
      };
      return Promise.resolve(readJson(JSON.stringify(answers[type] ?? null)));
    };
    await expect(hyperliquidAccounts.read(`0x${'1'.repeat(40)}`, ask, 1)).rejects.toThrow('/userAbstraction: is an account mode');
  });
});
