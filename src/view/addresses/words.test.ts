import { describe, expect, it } from 'vitest';
import { accountRow, addressRow, FIXTURE_MS, frameOf } from '../testing/addresses.ts';
import {
  agreementOf,
  changeSentence,
  figureName,
  gapText,
  indeterminateText,
  isOld,
  meterSentence,
  nextText,
  oursText,
  readingCounts,
  reasonSentence,
  signedGap,
  staleWhy,
  takenMs,
} from './words.ts';

describe('agreement with the venue', () => {
  it('says how many, and the worst with its reason', () => {
    expect(agreementOf({ stated: 8, agreeing: 8, worst: null })).toMatchObject({ shown: '8 of 8 agree', isWhole: true });
    const differing = agreementOf({
      stated: 8,
      agreeing: 7,
      worst: { figure: 'liquidationPrice', gap: 0.031, reason: 'unlisted requirements' },
    });
    expect(differing.shown).toBe('7 of 8 agree, 3.1\u202f%');
    expect(differing.full).toMatch(/liquidation price 3\.1\u202f% apart, unlisted requirements\. The venue’s totals ask for more/);
    const none = agreementOf({ stated: 2, agreeing: 1, worst: { figure: 'healthFactor', gap: Number.NaN, reason: 'one has no price' } });
    expect(none.shown).toBe('1 of 2 agree');
    expect(none.full).toContain('health factor has no figure on one side');
    expect(agreementOf({ stated: 0, agreeing: 0, worst: null }).shown).toBe('none stated');
  });

  it('never rounds a gap to nothing', () => {
    expect([gapText(0.0000009), signedGap(-1e-12), gapText(0.0000011)]).toEqual([
      '<\u202f0.0001\u202f%',
      '<\u202f0.0001\u202f%',
      '0.00011\u202f%',
    ]);
    expect([oursText('76.4988794996338562491', '76.4988794996'), oursText('1.63491', '1.6'), oursText('', '1'), oursText('5', '')]).toEqual(
      ['76.4988794996', '1.6349', 'none', '5'],
    );
    expect(signedGap(-0.031)).toBe('\u22123.1\u202f%');
    expect(signedGap(0)).toBe('0\u202f%');
    expect(signedGap(Number.NaN)).toBe('no gap to state');
  });

  it('sums up the list', () => {
    expect(meterSentence({ compared: 0, agreeing: 0, reasons: {}, medianGap: Number.NaN, worstGap: Number.NaN })).toMatch(
      /nothing is compared/,
    );
    expect(meterSentence({ compared: 1200, agreeing: 1100, reasons: {}, medianGap: 0.0000001, worstGap: 0.25 })).toBe(
      '1,100 of 1,200 figures that the venues state are the same here; half are <\u202f0.0001\u202f% apart or less, the worst is 25.0\u202f% apart.',
    );
    expect(meterSentence({ compared: 8, agreeing: 8, reasons: {}, medianGap: 0, worstGap: 1e-9 })).toMatch(
      /^8 of 8 .*, none more than 0\.0001\u202f% apart\.$/,
    );
    for (const reason of ['rounding', 'unlisted requirements', 'data is missing here', 'one has no price', 'not explained'])
      expect(reasonSentence(reason)).not.toContain(reason);
    expect(reasonSentence('moon')).toContain('moon');
    expect([figureName('liquidationPrice'), figureName('accountValue')]).toEqual(['Liquidation price', 'Account value']);
  });
});

describe('age and trust', () => {
  it('takes the older of both clocks', () => {
    expect(takenMs({ asOfMs: 5 }, { readMs: 9 })).toBe(5);
    expect(takenMs({ asOfMs: Number.NaN }, { readMs: 9 })).toBe(9);
    expect(takenMs({ asOfMs: Number.NaN }, undefined)).toBeNaN();
  });

  it('trusts a row only while its address is read and the engine speaks', () => {
    expect(staleWhy(accountRow(), addressRow(), '', false)).toBe('');
    expect(staleWhy(accountRow(), addressRow(), 'engine silent 5 s', false)).toBe('engine silent 5 s');
    expect(staleWhy(accountRow(), undefined, '', false)).toMatch(/no longer read/);
    expect(staleWhy(accountRow(), addressRow({ state: 'late', why: 'the venue does not answer' }), '', false)).toBe(
      'the venue does not answer',
    );
    expect(staleWhy(accountRow(), addressRow({ state: 'refused' }), '', false)).not.toBe('');
    expect(staleWhy(accountRow({ riskState: 'stale' }), addressRow(), '', false)).not.toBe('');
    expect(staleWhy(accountRow({ riskState: 'liquidation' }), addressRow(), '', true)).toMatch(/five minutes/);
    const asked = { ...addressRow({ isPushed: false }), readMs: 300_000 };
    expect([isOld({ asOfMs: 0 }, asked, 300_000), isOld({ asOfMs: -1 }, asked, 300_000)]).toEqual([false, true]);
    expect([isOld({ asOfMs: 0 }, asked, 600_000), isOld({ asOfMs: 0 }, asked, 600_001)]).toEqual([false, true]);
    expect(isOld({ asOfMs: 0 }, { ...asked, isPushed: true }, 600_001)).toBe(false);
  });

  it('says when it is asked next, and how many are read', () => {
    expect(nextText(addressRow(), FIXTURE_MS)).toBe('told at once');
    expect(nextText(addressRow({ state: 'late' }), FIXTURE_MS)).toBe('');
    expect(nextText(addressRow({ isPushed: false, nextMs: FIXTURE_MS + 26_000 }), FIXTURE_MS)).toBe('next in 26\u202fs');
    expect(nextText(addressRow({ isPushed: false, nextMs: FIXTURE_MS - 1 }), FIXTURE_MS)).toBe('due');
    expect(readingCounts([addressRow(), addressRow({ state: 'refused' }), addressRow()])).toBe('1 refused, 2 read');
  });

  it('says what is missing by name', () => {
    expect(indeterminateText('missing-mark hl:BTC')).toBe('hl:BTC: the price it depends on is not known');
  });
});

describe('what is spoken', () => {
  const name = (): string => 'whale';
  it('is one sentence for a change of state, and none for prices or new rows', () => {
    const before = frameOf();
    const moved = frameOf({ accounts: before.accounts.map((row) => ({ ...row, equity: row.shocked.equity })) });
    expect(changeSentence(null, before, name)).toBe('');
    expect(changeSentence(before, moved, name)).toBe('');
    expect(changeSentence(frameOf({ accounts: [] }), before, name)).toBe('');
    const [first, second] = before.accounts;
    const worse = frameOf({ accounts: [{ ...first!, riskState: 'margin-call' }, second!] });
    expect(changeSentence(before, worse, name)).toBe('whale, Hyperliquid: margin call, was watch.');
    const both = frameOf({
      accounts: [
        { ...first!, riskState: 'margin-call' },
        { ...second!, riskState: 'warning' },
      ],
    });
    expect(changeSentence(before, both, name)).toBe('2 accounts changed state. whale, Hyperliquid: margin call, was watch.');
  });
});
