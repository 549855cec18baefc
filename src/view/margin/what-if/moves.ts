/** Moves of the what-if as a slider and a field hold them: per cent in steps of a tenth, and decimal fractions in the store. */
import { isPegged } from '../../../domain/pegged-assets.ts';
import type { AccountView, WhatIfSpec } from '../../../store/types.ts';

/** The slider's ends, per cent. 0, the live price, lies on its grid. */
export const SLIDER_LOW = -60;
export const SLIDER_HIGH = 60;
/** What the field takes, per cent. A fall of 100 % would leave no price at all. */
export const FIELD_LOW = -99.9;
export const FIELD_HIGH = 900;

export const PRESETS = [-5, -10, -20, -40, 10] as const;

/** Tenths of a per cent, within what the field takes. */
export const boundPercent = (percent: number): number =>
  Number.isFinite(percent) ? Math.min(FIELD_HIGH, Math.max(FIELD_LOW, Math.round(percent * 10) / 10)) : 0;

/** −12.5 → `-0.125`: decimal text of the fraction, without passing through a sum in binary. */
export const moveOfPercent = (percent: number): string => {
  const tenths = Math.round(boundPercent(percent) * 10);
  const digits = String(Math.abs(tenths)).padStart(4, '0');
  const text = `${digits.slice(0, -3)}.${digits.slice(-3)}`.replace(/\.?0+$/, '');
  return tenths < 0 ? `-${text}` : text;
};

/** `-0.125` → −12.5. */
export const percentOfMove = (move: string | undefined): number => (move === undefined ? 0 : boundPercent(Number(move) * 100));

/** The markets an account depends on: those of its positions, then those of its volatile collateral and debt. */
export const marketsOf = (account: AccountView): string[] => {
  const markets = new Set<string>();
  for (const base of account.positions.base) markets.add(base);
  for (const asset of account.balances.asset) if (!isPegged(asset)) markets.add(asset);
  return [...markets];
};

export const isStill = (spec: WhatIfSpec): boolean =>
  Number(spec.all) === 0 && Object.values(spec.moves).every((move) => Number(move) === 0);

/** `minus 12.5 percent`, as it is said. */
export const spokenPercent = (percent: number): string =>
  percent === 0 ? 'no move' : `${percent < 0 ? 'minus' : 'plus'} ${Math.abs(percent)} percent`;
