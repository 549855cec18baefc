import { describe, expect, it } from 'vitest';
import { accountRow, FIXTURE_MS, LENDING } from '../testing/addresses.ts';
import { cell } from '../testing/fixture.ts';
import { ACCOUNT_COLUMNS, accountsCsv, distanceText, figureOf, isApart, ourLine, theirLine, usedText } from './columns.ts';

const beside = { name: 'whale', label: '=whale, "one"', takenMs: FIXTURE_MS, stale: '' };
const sortOf = (id: string) => ACCOUNT_COLUMNS.find((column) => column.id === id)!.sort;

describe('cells of the table of accounts', () => {
  it('writes ours and the venue’s own price with the market’s decimals', () => {
    const row = accountRow();
    expect([ourLine(row).shown, theirLine(row).shown, isApart(row)]).toEqual(['87,654.3', '87,654.4', false]);
    const far = accountRow({ nearest: { ...row.nearest!, theirs: cell('88000') } });
    expect(isApart(far)).toBe(true);
    expect(isApart(accountRow({ nearest: { ...row.nearest!, theirs: cell('never') } }))).toBe(true);
    const { theirs: _, ...unsaid } = row.nearest!;
    expect(theirLine(accountRow({ nearest: unsaid })).shown).toBe('not stated');
    expect(ourLine(accountRow({ nearest: null })).shown).toBe('no position');
  });

  it('gives a loan its health factor, and sorts it beside ratios', () => {
    const loan = accountRow(LENDING);
    expect(usedText(loan).shown).toBe('HF 2.271');
    expect(usedText(accountRow({ ...LENDING, healthFactor: cell('no-debt') })).shown).toBe('no debt');
    expect([ourLine(loan).shown, theirLine(loan).shown, isApart(loan)]).toEqual(['HF 2.271', 'not stated', false]);
    const stated = (factor: string) => accountRow({ ...LENDING, theirHealthFactor: cell(factor) });
    expect([theirLine(stated('2.3')).shown, isApart(stated('2.3')), isApart(stated('2.27101'))]).toEqual(['HF 2.300', true, false]);
    expect(sortOf('used')(loan, beside)).toBeCloseTo(1 / 2.271);
    expect(sortOf('used')(accountRow({ marginRatio: cell('missing-mark') }), beside)).toBeUndefined();
  });

  it('signs the distance, and says why there is none', () => {
    expect(distanceText(accountRow()).shown).toBe('\u22128.1\u202f%');
    expect(distanceText(accountRow({ uniformShock: cell('0.25') })).shown).toBe('+25.0\u202f%');
    expect(distanceText(accountRow({ uniformShock: cell('never') })).shown).toBe('never');
    expect(sortOf('distance')(accountRow(), beside)).toBe(0.0813);
  });

  it('never leaves a cell of figures empty', () => {
    const bare = accountRow({ equity: cell('missing-mark'), leverage: cell('insolvent'), marginRatio: cell('stale-mark'), nearest: null });
    for (const { id, kind } of ACCOUNT_COLUMNS) if (kind === 'figure' && id !== 'age') expect(figureOf(id, bare)?.shown).not.toBe('');
  });
});

describe('the file', () => {
  it('has every digit, no label unless asked, and nothing that a spreadsheet would run', () => {
    const rows = [[accountRow({ indeterminate: ['missing-mark hl:BTC'] }), { ...beside, stale: 'late' }]] as const;
    const [head, line, end] = accountsCsv(rows, false).split('\r\n');
    expect(head?.split(',')[0]).toBe('account');
    expect(line).toContain(',1234567.891,');
    expect(line).toContain('87654.321,87654.4,');
    expect(line).toContain('missing-mark hl:BTC,late');
    expect(line).not.toContain('whale');
    expect(end).toBe('');
    expect(accountsCsv(rows, true).split('\r\n')[1]).toMatch(/^"'=whale, ""one""",hyperliquid:/);
  });
});
