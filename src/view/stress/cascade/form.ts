/** What a cascade is asked with, as a form holds it: text in, a request or faults out. */
import type { Fault, StressRequest, StressScenario } from '../../../store/types.ts';
import { NO_SCENARIO } from '../../../store/types.ts';
import { parseShort, plain } from '../../desk/money.ts';
import type { Subject } from '../use-subject.ts';

export type CascadeRequest = StressRequest<'stress-cascade'>;

export interface CascadeForm {
  /** `scenario`: that of the what-if; `typed`: the fields of this form. */
  readonly shock: 'scenario' | 'typed';
  /** Per cent. */
  readonly all: string;
  readonly moves: Readonly<Record<string, string>>;
  /** Dollars whose sale moves the price by one per cent; '' is as every other market. */
  readonly depths: Readonly<Record<string, string>>;
  /** Of every other market; '' is infinitely deep. */
  readonly otherwise: string;
  /** Share of the depth that is left. */
  readonly multiplier: string;
  readonly procedure: CascadeRequest['procedure'];
  readonly leftovers: CascadeRequest['leftovers'];
  readonly fundKind: CascadeRequest['funds']['kind'];
  readonly fund: string;
  readonly fundOf: Readonly<Record<string, string>>;
  readonly deleveraging: CascadeRequest['deleveraging'];
}

/**
 * BTC and ETH: what one large venue showed within one per cent of the mid in early October 2025 (CoinDesk). Everything else is assumed; so is
 * the tenth that a storm leaves: 0.02 to 0.10 were reported for the worst minutes of 10 October 2025 (Amberdata, FTI; secondary).
 */
export const FIRST_FORM: CascadeForm = {
  shock: 'typed',
  all: '-15',
  moves: {},
  depths: { BTC: '20m', ETH: '8m' },
  otherwise: '1m',
  multiplier: '0.1',
  procedure: 'full',
  leftovers: 'keep',
  fundKind: 'one',
  fund: '1m',
  fundOf: {},
  deleveraging: 'pro-rata',
};

/** Markets that have a line of their own in the form: the largest, and those that were given a depth or a move. */
export function linesOf({ moves, depths }: CascadeForm, markets: readonly string[], most = 6): readonly string[] {
  const named = markets.filter((market) => (moves[market] ?? '') !== '' || (depths[market] ?? '') !== '');
  return [...new Set([...markets.slice(0, most), ...named])];
}

export type Asked = { readonly ok: true; readonly request: CascadeRequest } | { readonly ok: false; readonly faults: readonly Fault[] };

/** The request, or everything that is wrong with the fields. */
export function requestOf(form: CascadeForm, { scope, venues }: Pick<Subject, 'scope' | 'venues'>, scenario: StressScenario): Asked {
  const faults: Fault[] = [];
  const fault = (pointer: string, message: string): number => {
    faults.push({ pointer, message });
    return Number.NaN;
  };
  const dollars = (text: string, pointer: string): number => {
    const value = parseShort(text);
    return value >= 0 && value <= 1e15 ? value : fault(pointer, `${text === '' ? 'nothing' : text} is no amount: 20m, 1,500,000`);
  };
  const percent = (text: string, pointer: string): string => {
    const value = text.trim() === '' ? 0 : Number(text.trim().replace('\u2212', '-').replace(/\s*%$/, ''));
    if (!Number.isFinite(value)) fault(pointer, `${text} is no move in per cent`);
    else if (value <= -100 || value > 900) fault(pointer, 'a move lies between −99.9 % and +900 %');
    return plain(value / 100);
  };
  const filled = (record: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(record).filter(([, text]) => text.trim() !== '');
  const moves = Object.fromEntries(filled(form.moves).map(([market, text]) => [market, percent(text, `/moves/${market}`)]));
  const typed: StressScenario = { ...NO_SCENARIO, all: percent(form.all, '/all'), moves };
  const perCent = Object.fromEntries(filled(form.depths).map(([market, text]) => [market, dollars(text, `/depth/${market}`)]));
  const otherwise = form.otherwise.trim() === '' ? null : dollars(form.otherwise, '/depth');
  const multiplier = Number(form.multiplier);
  if (!(multiplier >= 1e-6 && multiplier <= 1000))
    fault('/depth/multiplier', 'the share of the depth that is left lies between 0.000001 and 1,000');
  const amounts = Object.fromEntries(venues.map(({ id }) => [id, dollars(form.fundOf[id] ?? '0', `/funds/${id}`)]));
  const amount = form.fundKind === 'one' ? dollars(form.fund, '/funds') : 0;
  if (form.shock === 'scenario') faults.splice(0, faults.length, ...faults.filter(({ pointer }) => !/^\/(all|moves)/.test(pointer)));
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    request: {
      kind: 'stress-cascade',
      scenario: form.shock === 'scenario' ? scenario : typed,
      depth: { perCent, otherwise, multiplier },
      procedure: form.procedure,
      leftovers: form.procedure === 'full' ? form.leftovers : 'keep',
      funds: form.fundKind === 'one' ? { kind: 'one', amount } : { kind: 'venues', amounts },
      deleveraging: form.deleveraging,
      subject: scope,
    },
  };
}
