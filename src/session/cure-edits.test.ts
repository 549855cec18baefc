/** CU-12: a cure's edits, made by hand's own way, give the account that the cure promised. */
import { expect, it } from 'vitest';
import { Decimal } from '../domain/units.ts';
import { curesOf } from '../engine/cure/cures.ts';
import { type CureTarget, standingOf } from '../engine/cure/target.ts';
import { resolveAccount } from '../engine/resolve.ts';
import { defaultUnits } from '../engine/trade/units.ts';
import { readBook, writeBook } from '../formats/leverage-book.ts';
import { venues } from '../venues/registry.ts';
import { loadedRun, MIXED_BOOK } from './testing/fixtures.ts';

const targets: readonly CureTarget[] = [
  { kind: 'margin-ratio', level: new Decimal('0.05') },
  { kind: 'margin-excess', level: new Decimal(20_000) },
];

it('every cure of every pool, through the session', () => {
  const book = readBook(JSON.stringify(MIXED_BOOK));
  const kinds = new Set<string>();
  for (const account of book.accounts) {
    const rules = venues[account.venue]?.rules;
    if (!rules) throw new Error(account.venue);
    const scene = { book, rules, units: defaultUnits };
    const direction = new Map([
      ['BTC', new Decimal('-0.05')],
      ['ETH', new Decimal('-0.08')],
    ]);
    for (const pool of resolveAccount(account, book, rules).pools) {
      for (const target of targets) {
        for (const cure of curesOf(account, scene, pool.id, target, direction)) {
          if (!cure.ok || cure.edits.length === 0) continue;
          const run = loadedRun();
          run.send({ kind: 'select-account', requestId: 1, account: account.id });
          for (const [i, edit] of cure.edits.entries())
            expect(run.send({ kind: 'edit', requestId: i + 2, edit }), `${cure.kind} ${cure.subject}`).toMatchObject([{ kind: 'done' }]);
          const [frame] = run.send({ kind: 'export', requestId: 99 });
          if (frame?.kind !== 'exported') throw new Error('an export is answered');
          const after = readBook(frame.text);
          const expected = { ...book, accounts: book.accounts.map((other) => (other.id === account.id ? cure.account : other)) };
          expect(frame.text).toBe(writeBook(expected));
          const edited = after.accounts.find(({ id }) => id === account.id);
          if (edited) expect(standingOf(edited, { ...scene, book: after }, pool.id, target)).toMatchObject({ value: { isMet: true } });
          kinds.add(cure.kind);
        }
      }
    }
  }
  expect([...kinds].sort()).toEqual(['deposit', 'hedge', 'reduce', 'reduce-all', 'repay', 'sell-and-repay', 'transfer']);
});
