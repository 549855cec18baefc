import { describe, expect, it } from 'vitest';
import { cell } from '../testing/fixture.ts';
import { MEANINGS } from './figure-help.tsx';
import { FIGURES, figureText } from './figures.ts';

const shown = (name: keyof typeof FIGURES, text: string): string => figureText(FIGURES[name], cell(text)).shown;

describe('figures are rounded against the user', () => {
  it.each([
    ['equity', '100.019', '100.01'],
    ['equity', '-100.011', '−100.02'],
    ['maintenanceMargin', '100.011', '100.02'],
    ['freeCollateral', '-0.001', '−0.01'],
    ['marginExcess', '99.999', '99.99'],
    ['marginRatio', '0.3411', '0.342'],
    ['leverage', '4.201', '4.21×'],
    ['uniformShock', '-0.12499', '12.4\u202f%'],
    ['healthFactor', '1.4527', '1.452'],
    ['unrealizedPnl', '12.345', '+12.34'],
  ] as const)('%s %s is written %s', (name, text, written) => {
    expect(shown(name, text)).toBe(written);
  });
});

describe('a figure without a number', () => {
  it('says why in words, and more of it behind', () => {
    expect(figureText(FIGURES.marginRatio, cell('insolvent'))).toEqual({
      shown: 'insolvent',
      full: 'equity is zero or negative, so a ratio to it means nothing',
      hasNumber: false,
    });
  });

  it('shows a reason it does not know rather than nothing', () => {
    expect(shown('equity', 'brand-new')).toBe('brand new');
  });
});

it('long amounts are shortened, with every digit behind', () => {
  expect(figureText(FIGURES.equity, cell('12345678901.5'))).toEqual({ shown: '12.34B', full: '12,345,678,901.5', hasNumber: true });
});

it('every figure has its meaning', () => {
  for (const name of Object.keys(FIGURES)) expect(MEANINGS[name as keyof typeof FIGURES].sentence).toMatch(/\.$/);
});
