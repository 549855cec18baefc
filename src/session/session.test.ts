import { describe, expect, it } from 'vitest';
import { readBook } from '../formats/leverage-book.ts';
import type { Frame } from './protocol.ts';
import { AS_OF_MS, bookText, FLUSH, feed, figureFaults, loadedRun, MIXED_BOOK, Run, source, tick } from './testing/fixtures.ts';

const marks = (run: Run): string[] => [...run.account().positions.markPrice.text];
const failedOf = (frames: readonly Frame[]): string =>
  frames
    .flatMap((frame) => (frame.kind === 'failed' ? frame.faults : []))
    .map((f) => `${f.pointer} ${f.message}`)
    .join('; ');

describe('SE-1 ticks overwrite', () => {
  it('takes the newest price of a market and computes nothing until the flush', () => {
    const run = loadedRun();
    expect(run.send(feed([tick('BTC', '60000'), tick('BTC', '61000')]))).toEqual([]);
    expect(marks(run)).toEqual(['61000', '1912.4', '84.1']);
  });

  it('leaves the order to the feed, which knows when a venue set its clock back', () => {
    const run = loadedRun();
    run.send(feed([tick('BTC', '61000', AS_OF_MS + 9e9)]), feed([tick('BTC', '59000', AS_OF_MS + 1_000)]));
    expect(marks(run)[0]).toBe('59000');
  });

  it('refuses and counts a tick that is no price', () => {
    const run = loadedRun();
    run.send(feed(['NaN', '0', '-1', '1e400', 'Infinity', ''].map((text) => tick('BTC', text))));
    expect(marks(run)[0]).toBe('65546');
    expect(run.snapshot().source.status.droppedCount).toBe(6);
  });

  it('shows nothing new when nothing changed', () => {
    const run = loadedRun();
    run.send(FLUSH);
    expect(run.send(FLUSH)).toEqual([]);
  });
});

describe('SE-2 the price that margin is computed on', () => {
  it('takes the index for an oracle venue and the mark for the others', () => {
    const run = loadedRun();
    const ticks = [tick('ETH', '2000', AS_OF_MS, 'mark'), tick('ETH', '2100', AS_OF_MS, 'index')];
    run.send(feed(ticks));
    expect(marks(run)[1]).toBe('2000');
    run.send({ kind: 'select-account', requestId: 2, account: 'oracle' });
    expect(marks(run)).toEqual(['2100']);
  });

  it('never takes a trade for a mark, except where a replay has nothing else', () => {
    const run = loadedRun();
    run.send(feed([tick('BTC', '50000', AS_OF_MS, 'last')]));
    expect(marks(run)[0]).toBe('65546');
    run.send(feed([tick('BTC', '50000', AS_OF_MS, 'last')], AS_OF_MS, { source: source(AS_OF_MS, { kind: 'replay' }) }));
    expect(marks(run)[0]).toBe('50000');
  });
});

describe('SE-3 a market and an instrument meet by the base asset alone', () => {
  it('does not take PEPE for kPEPE, nor a dollar price for a pair quoted in BTC', () => {
    const accounts = [
      { ...MIXED_BOOK.accounts[0], positions: [{ instrument: 'hl:kPEPE', size: '1000', entryPrice: '0.004', marginMode: 'cross' }] },
      {
        id: 'pair',
        venue: 'generic',
        balances: [{ asset: 'BTC', amount: '1' }],
        positions: [{ instrument: 'g:ETHBTC', size: '3', entryPrice: '0.03', marginMode: 'cross' }],
      },
    ];
    const run = loadedRun(bookText({ ...MIXED_BOOK, accounts }));
    run.send(feed([tick('PEPE', '0.0000038'), tick('1000PEPE', '0.0039'), tick('ETH', '1900')]));
    expect(marks(run)).toEqual(['0.0038']);
    run.send({ kind: 'select-account', requestId: 2, account: 'pair' });
    expect(marks(run)).toEqual(['0.02918']);
  });

  it('prices an asset held as collateral by its own market', () => {
    const run = loadedRun();
    run.send({ kind: 'select-account', requestId: 2, account: 'inverse' }, feed([tick('BTC', '70000')]));
    expect(run.account().balances.price.text).toEqual(['70000']);
    expect(run.account().balances.value.text).toEqual(['35000']);
  });
});

describe('SE-4 every price has its own time', () => {
  it('marks the ticked with the tick, the others with the book, and names the oldest', () => {
    const run = loadedRun();
    run.send(feed([tick('BTC', '65000', AS_OF_MS + 5_000)], AS_OF_MS + 5_000));
    const account = run.account();
    expect([...account.positions.markTimeMs]).toEqual([AS_OF_MS + 5_000, AS_OF_MS, AS_OF_MS]);
    expect(account.oldestInputMs).toBe(AS_OF_MS);
    expect(account.oldestInputSubject).toBe('hl:ETH');
  });

  it('gives the markets that move the account', () => {
    expect(loadedRun().snapshot().markets.market).toEqual(['BTC', 'ETH', 'SOL']);
  });
});

describe('SE-5 prices of a feed never enter the book', () => {
  it('exports the book as loaded, whatever the feed says', () => {
    const run = loadedRun();
    run.send(feed([tick('BTC', '1'), tick('ETH', '2')]), FLUSH);
    const [frame] = run.send({ kind: 'export', requestId: 9 });
    if (frame?.kind !== 'exported') throw new Error('an export is answered');
    expect(readBook(frame.text)).toEqual(readBook(bookText()));
  });

  it('goes back to the book when the feed starts anew without a price', () => {
    const run = loadedRun();
    run.send(feed([tick('BTC', '1')]), feed([], AS_OF_MS, { restarted: true }));
    expect(marks(run)[0]).toBe('65546');
  });
});

describe('SE-7, SE-8 staleness', () => {
  const allTicks = (timeMs: number, btc = '65546') => [
    tick('BTC', btc, timeMs),
    tick('ETH', '1912.4', timeMs),
    tick('SOL', '84.1', timeMs),
  ];

  it('takes away the all-clear and keeps the figures', () => {
    const run = loadedRun();
    run.send(feed(allTicks(AS_OF_MS)));
    const fresh = run.account();
    expect(fresh.stale).toBe(false);
    run.send(feed([], AS_OF_MS + 10_001));
    const stale = run.account();
    expect([stale.stale, stale.riskState]).toEqual([true, 'stale']);
    expect(stale.cells).toEqual(fresh.cells);
  });

  it('is stale from the limit on', () => {
    const run = loadedRun();
    run.send(feed(allTicks(AS_OF_MS)), feed([], AS_OF_MS + 9_999));
    expect(run.account()).toMatchObject({ stale: false, freshness: 'delayed' });
    run.send(feed([], AS_OF_MS + 10_000));
    expect(run.account()).toMatchObject({ stale: true, freshness: 'stale' });
  });

  it('never clears an alarm', () => {
    const run = loadedRun();
    run.send(feed(allTicks(AS_OF_MS, '87000')), feed([], AS_OF_MS + 3_600_000));
    const account = run.account();
    expect(account.stale).toBe(true);
    expect(['warning', 'margin-call', 'liquidation', 'bankrupt']).toContain(account.riskState);
  });

  it('gives a market that is told more seldom its own limit', () => {
    const run = loadedRun();
    const limits = { staleAfterMsByMarket: { BTC: 1e6, ETH: 1e6, SOL: 1e6 } };
    run.send(feed(allTicks(AS_OF_MS), AS_OF_MS + 900_000, limits));
    expect(run.account().stale).toBe(false);
    run.send(feed([], AS_OF_MS + 1_000_001, limits));
    expect(run.account().stale).toBe(true);
  });

  it('counts a price from after the replayed clock as far from it too', () => {
    const run = loadedRun();
    run.send(feed([tick('BTC', '110000', AS_OF_MS - 1e10, 'mark')], AS_OF_MS - 1e10));
    expect([run.account().stale, run.account().oldestInputSubject]).toEqual([true, 'hl:ETH']);
  });

  it('calls nothing stale without a feed', () => {
    const run = loadedRun();
    expect(run.account().stale).toBe(false);
  });

  it('does not count the price of a pegged unit as an input', () => {
    const run = loadedRun();
    run.send({ kind: 'select-account', requestId: 2, account: 'lender' });
    expect(run.account().oldestInputSubject).toBe('WETH');
  });
});

describe('SE-14, SE-15 loading', () => {
  it('answers with the accounts that could be read and the faults of the others', () => {
    const accounts = [...MIXED_BOOK.accounts, { id: 'broken', venue: 'nowhere', balances: [], positions: [] }];
    const run = new Run();
    const [frame] = run.send({ kind: 'load', requestId: 4, name: 'x', text: bookText({ ...MIXED_BOOK, accounts }) });
    expect(frame).toMatchObject({ kind: 'loaded', requestId: 4, accountCount: 4, faults: [{ pointer: '/accounts/4/venue' }] });
  });

  it('error: keeps what was shown when a file cannot be read', () => {
    const run = loadedRun();
    const before = run.account();
    for (const text of ['', '{', '[]', '{"format":"leverage-book/1"}', bookText({ ...MIXED_BOOK, accounts: [] }), '"assetPositions"']) {
      expect(failedOf(run.send({ kind: 'load', requestId: 5, name: 'bad', text }))).not.toBe('');
    }
    expect(run.account()).toEqual(before);
  });

  it('reads a recorded clearinghouseState by its shape', () => {
    const response = {
      assetPositions: [
        {
          position: {
            coin: 'ETH',
            cumFunding: { allTime: '514.085417', sinceChange: '0.0', sinceOpen: '0.0' },
            entryPx: '2986.3',
            leverage: { rawUsd: '-95.059824', type: 'isolated', value: 20 },
            liquidationPx: '2866.26936529',
            marginUsed: '4.967826',
            maxLeverage: 50,
            positionValue: '100.02765',
            returnOnEquity: '-0.0026789',
            szi: '0.0335',
            unrealizedPnl: '-0.0134',
          },
          type: 'oneWay',
        },
      ],
      crossMaintenanceMarginUsed: '0.0',
      crossMarginSummary: { accountValue: '13104.514502', totalMarginUsed: '0.0', totalNtlPos: '0.0', totalRawUsd: '13104.514502' },
      marginSummary: { accountValue: '13109.482328', totalMarginUsed: '4.967826', totalNtlPos: '100.02765', totalRawUsd: '13009.454678' },
      time: 1708622398623,
      withdrawable: '13104.514502',
    };
    const run = loadedRun(JSON.stringify(response));
    const { positions } = run.account();
    expect(Math.abs(positions.liquidationPrice.value[0]! / 2866.26936529 - 1)).toBeLessThan(5e-7);
    expect(run.snapshot().asOf).toBe('2024-02-22T17:19:58.623Z');
  });

  it('shows the first account, and another one on request', () => {
    const run = loadedRun();
    expect(run.account().id).toBe('perp');
    expect(run.send({ kind: 'select-account', requestId: 2, account: 'lender' })).toEqual([{ kind: 'done', requestId: 2 }]);
    expect(run.account()).toMatchObject({ id: 'lender', kind: 'lending', venueName: 'Aave v3' });
    expect(failedOf(run.send({ kind: 'select-account', requestId: 3, account: 'nobody' }))).toContain('/account');
  });

  it('sends the lists of accounts and instruments once, not with every price', () => {
    const run = loadedRun();
    const [first] = run.send(FLUSH);
    run.send(feed([tick('BTC', '60000')]));
    const [second] = run.send(FLUSH);
    expect(first).toMatchObject({ catalogUnchanged: false, accounts: { length: 4 }, instruments: { count: 4 } });
    expect(second).toMatchObject({ catalogUnchanged: true, accounts: { length: 0 } });
  });

  it('takes ten thousand accounts and assesses the one that is shown', () => {
    const [account] = MIXED_BOOK.accounts;
    const accounts = Array.from({ length: 10_000 }, (_, i) => ({ ...account, id: `a${i}` }));
    const run = loadedRun(bookText({ ...MIXED_BOOK, accounts }));
    expect(run.send({ kind: 'select-account', requestId: 2, account: 'a9999' })).toEqual([{ kind: 'done', requestId: 2 }]);
    expect(run.account().id).toBe('a9999');
  }, 30_000);
});

describe('explain and export', () => {
  it('gives the working of every headline figure as exact text', () => {
    const run = loadedRun();
    for (const figure of Object.keys(run.account().cells)) {
      const [frame] = run.send({ kind: 'explain', requestId: 7, figure });
      if (frame?.kind !== 'working') throw new Error(`${figure} has no working: ${JSON.stringify(frame)}`);
      expect(figureFaults(frame.working)).toEqual([]);
      expect(frame.working.text).toBe(run.account().cells[figure as 'equity'].text);
    }
  });

  it('error: says so when there is no such figure', () => {
    expect(failedOf(loadedRun().send({ kind: 'explain', requestId: 7, figure: '__proto__' }))).toContain('/figure');
    expect(failedOf(loadedRun().send({ kind: 'explain', requestId: 7, figure: 'notional', position: 99 }))).toContain('/figure');
  });

  it('error: says that no book is loaded', () => {
    const run = new Run();
    for (const input of [
      { kind: 'export', requestId: 1 },
      { kind: 'edit', requestId: 1, edit: { kind: 'undo' } },
      { kind: 'explain', requestId: 1, figure: 'equity' },
    ] as const) {
      expect(failedOf(run.send(input))).toContain('no book is loaded');
    }
    expect(run.snapshot().account).toBeNull();
  });
});
