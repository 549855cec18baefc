import { describe, expect, it } from 'vitest';
import { hostNames, readTyped, shortAddress, sourceGroups, sourcesOf } from './entries.ts';

const A = `0x${'a1'.repeat(20)}`;
const B = `0x${'B2'.repeat(20)}`;
const D = `dydx1${'q'.repeat(38)}`;

describe('what is pasted', () => {
  it.each([
    [`${A}`, [[A, '']]],
    [
      `${A}\n\n${D}\n`,
      [
        [A, ''],
        [D, ''],
      ],
    ],
    [
      `${A},${B}`,
      [
        [A, ''],
        [B, ''],
      ],
    ],
    [`whale, ${A}`, [[A, 'whale']]],
    [`whale one ${A}`, [[A, 'whale one']]],
    [`${A}, whale`, [[A, 'whale']]],
    [`${A} whale`, [[A, 'whale']]],
    [`0xSifu ${A}`, [[A, '0xSifu']]],
    [
      `${A} ${B} two ${D}`,
      [
        [A, ''],
        [B, ''],
        [D, 'two'],
      ],
    ],
    [`fund, desk 2, ${A}`, [[A, 'fund, desk 2']]],
    [
      `one, ${A}, two, ${B}`,
      [
        [A, 'one'],
        [B, 'two'],
      ],
    ],
    [
      `one\t${A}\r\ntwo; ${D}`,
      [
        [A, 'one'],
        [D, 'two'],
      ],
    ],
  ])('%j', (text, expected) => {
    const { good, bad } = readTyped(text);
    expect(bad).toEqual([]);
    expect(good.map(({ address, label }) => [address, label])).toEqual(expected);
  });

  it('takes no address for the label of the next: one that is cut off refuses its line', () => {
    const { good, bad } = readTyped(`${A.slice(0, -1)} ${B}`);
    expect([good, bad.map(({ sentence }) => sentence)]).toEqual([[], [expect.stringContaining('this has 39.')]]);
  });

  it('says of every bad line what is wrong, and takes the others', () => {
    const { good, bad } = readTyped(`${A}\n0x12\nvitalik.eth\nnonsense\ndydx1abc\n${A}, one, ${B}, two`);
    expect(good.map(({ line }) => line)).toEqual([1]);
    expect(bad.map(({ line, sentence }) => [line, sentence])).toEqual([
      [2, '“0x12” is no address: an address is 0x and 40 hexadecimal digits; this has 2.'],
      [3, '“vitalik.eth” is a name: names are not looked up, paste the address itself.'],
      [4, '“nonsense” holds no address: one begins with 0x or dydx1.'],
      [5, expect.stringContaining('dydx1 and 38 letters and digits; this has 3.')],
      [6, '“two” holds no address: one begins with 0x or dydx1.'],
    ]);
    expect(bad.map(({ text }) => text)).toContain('nonsense');
  });

  it('warns of a secret and does not repeat it', () => {
    const key = '5f'.repeat(32);
    const phrase = 'abandon ability able about above absent absorb abstract absurd abuse access accident';
    for (const secret of [key, `0x${key}`, `mine, 0x${key}`, phrase]) {
      const [only] = readTyped(secret).bad;
      expect(only?.sentence).toMatch(/private key or a seed phrase/);
      expect(only?.sentence).not.toContain(secret.slice(-10));
    }
    expect(readTyped(`a label of some few words, ${A}`).bad).toEqual([]);
  });
});

describe('sources', () => {
  it('are grouped by protocol, chains by name', () => {
    const groups = sourceGroups();
    expect(groups[0]).toEqual({ name: 'Hyperliquid', sources: [{ id: 'hyperliquid', name: 'Hyperliquid' }] });
    expect(groups.find(({ name }) => name === 'Aave v3')?.sources[0]).toEqual({ id: 'aave-v3:ethereum', name: 'Ethereum' });
  });

  it('of dYdX need no choice, of the others only what is chosen', () => {
    expect(sourcesOf('dydx', []).map(({ id }) => id)).toEqual(['dydx-v4']);
    expect(sourcesOf('evm', ['hyperliquid', 'dydx-v4']).map(({ id }) => id)).toEqual(['hyperliquid']);
    expect(hostNames(sourcesOf('evm', ['hyperliquid']))).toEqual(['api.hyperliquid.xyz']);
  });

  it('keeps an address recognizable', () => expect(shortAddress(A)).toBe('0xa1a1…a1a1'));
});
