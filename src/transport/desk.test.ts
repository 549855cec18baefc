import { describe, expect, it } from 'vitest';
import { RISK_STATES } from '../session/protocol.ts';
import { AS_OF, bookText, MIXED_BOOK } from '../session/testing/fixtures.ts';
import { createBench, MANUAL } from './testing/bench.ts';
import { ask, FILES, file, WISH } from './testing/desk-commands.ts';

describe('DM-5 the coverage line says how much the figures speak for', () => {
  const accounts = [
    ...MIXED_BOOK.accounts,
    { ...MIXED_BOOK.accounts[0], id: 'typo', positions: [{ instrument: 'hl:BTC', size: 'many', entryPrice: '1', marginMode: 'cross' }] },
    { ...MIXED_BOOK.accounts[0], id: 'elsewhere', venue: 'nowhere' },
    { ...MIXED_BOOK.accounts[0], id: 'unpriced', positions: [{ instrument: 'hl:NEW', size: '1', entryPrice: '1', marginMode: 'cross' }] },
    { ...MIXED_BOOK.accounts[0], id: 'unheard', positions: [{ instrument: 'hl:ARB', size: '1', entryPrice: '1', marginMode: 'cross' }] },
  ];
  const { markPrice: _, ...unpriced } = MIXED_BOOK.instruments['hl:BTC'];
  const instruments = {
    ...MIXED_BOOK.instruments,
    'hl:NEW': { ...unpriced, base: 'NEW' },
    // A market that no recording tells.
    'hl:ARB': { ...unpriced, base: 'ARB', markPrice: '2' },
  };
  const text = bookText({ ...MIXED_BOOK, instruments, accounts });

  it('counts what was left out by reason, what is not known, and what is old', () => {
    const bench = createBench();
    bench.send(MANUAL);
    const opened = bench.send(file(1, 'book.json', text)).find((frame) => frame.kind === 'desk-opened');
    if (opened?.kind !== 'desk-opened') throw new Error('the file was not opened');
    const { skippedReasons, ...coverage } = opened.coverage;
    expect(coverage).toEqual({ inSource: 8, loaded: 6, skipped: 2, indeterminate: 1, overAge: 0, exactOnly: coverage.exactOnly });
    expect(skippedReasons.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(new Set(opened.rejects.map(({ row }) => row))).toEqual(new Set([5, 6]));
    for (const { field, reason } of opened.rejects) expect([field, reason].every((part) => part.length > 0)).toBe(true);
  });

  it('counts as over-age, and shows as stale, what the margin page does', async () => {
    const bench = createBench(FILES);
    bench.send(MANUAL);
    bench.send(file(1, 'book.json', text));
    bench.send(ask(2, { sort: [] }));
    bench.send(WISH);
    // A crash months before the book: what the replay does not know has a price from its future.
    bench.send({ kind: 'feed', requestId: 3, feed: { kind: 'replay', name: '2025-10-10' } });
    await bench.settle();
    bench.send({ kind: 'feed-seek', requestId: 4, timeMs: Date.parse('2025-10-10T21:15:00Z') });
    const frames = bench.beats(20);
    const status = frames.findLast((frame) => frame.kind === 'desk-status');
    const window = frames.findLast((frame) => frame.kind === 'desk-window');
    if (status?.kind !== 'desk-status' || window?.kind !== 'desk-window' || !window.rows) throw new Error('nothing was shown');
    const shown = window.rows.account.map((account, i) => {
      const answers = [...bench.send({ kind: 'desk-row', requestId: 5 + i, account }), ...bench.beats(12)];
      const snapshot = answers.findLast((frame) => frame.kind === 'snapshot');
      if (snapshot?.kind !== 'snapshot' || snapshot.account?.id !== account) throw new Error(`${account} was not shown`);
      return { account, state: snapshot.account.riskState, isOld: snapshot.account.stale };
    });
    expect(window.rows.account.map((account, i) => ({ account, state: RISK_STATES[window.rows!.state[i]!] }))).toEqual(
      shown.map(({ account, state }) => ({ account, state })),
    );
    const old = shown.filter(({ isOld }) => isOld).length;
    expect(old).toBeGreaterThan(0);
    expect(old).toBeLessThan(6);
    expect(status.coverage).toMatchObject({ loaded: 6, skipped: 2, indeterminate: 1, overAge: old });
  });

  it('says nothing of an account that it holds in full', () => {
    const bench = createBench();
    bench.send(MANUAL);
    const opened = bench.send(file(1, 'book.json', bookText())).find((frame) => frame.kind === 'desk-opened');
    expect(opened).toMatchObject({ coverage: { inSource: 4, loaded: 4, skipped: 0, skippedReasons: [], indeterminate: 0, overAge: 0 } });
    expect(AS_OF).toBe(MIXED_BOOK.asOf);
  });
});
