/** The form of a back-test, and what it asks of the studies. Text in, a spec or faults out; no figures. */
import { BACK_TEST_BOUNDS, type BackTestSpec, type Fault, type RuleChoice } from '../../store/types.ts';

/** `own`: those in force; `file`: a text that was opened. */
export type RulesKind = Exclude<RuleChoice['kind'], 'text'> | 'own' | 'file';

export interface RulesForm {
  readonly kind: RulesKind;
  readonly file: { readonly name: string; readonly text: string } | null;
}

export interface BackTestForm {
  readonly rules: readonly [RulesForm, RulesForm];
  readonly stream: 'simulated' | `replay ${string}`;
  readonly regime: 'calm' | 'normal' | 'stress';
  readonly seed: string;
  readonly days: string;
  readonly lookMs: string;
  readonly subjects: BackTestSpec['subjects']['kind'];
  readonly accounts: string;
  readonly populationSeed: string;
  readonly leverage: string;
  readonly runs: string;
}

export const FIRST_FORM: BackTestForm = {
  rules: [
    { kind: 'own', file: null },
    { kind: 'ratio', file: null },
  ],
  stream: 'replay 2025-10-10',
  regime: 'normal',
  seed: '1',
  days: '7',
  lookMs: '60000',
  subjects: 'account',
  accounts: '30',
  populationSeed: '7',
  leverage: '8',
  runs: '8',
};

/** The shipped comparison as the form shows it. */
export const shippedForm = ({ rules, stream, subjects }: BackTestSpec): BackTestForm => ({
  ...FIRST_FORM,
  rules: [
    { kind: rules[0].kind as RulesKind, file: null },
    { kind: rules[1].kind as RulesKind, file: null },
  ],
  stream: 'simulated',
  lookMs: String(stream.lookMs),
  subjects: subjects.kind,
  ...(stream.kind === 'simulated' ? { seed: String(stream.seed), regime: stream.regime, days: String(stream.days) } : {}),
  ...(subjects.kind === 'weekly-longs' ? { leverage: String(subjects.leverage), runs: String(subjects.runs) } : {}),
});

export const LOOKS: readonly (readonly [value: string, name: string])[] = [
  ['20000', '20 s'],
  ['60000', '1 min'],
  ['600000', '10 min'],
  ['3600000', '1 h'],
];

export interface Given {
  /** Rules in force, as text; '' where none are known yet. */
  readonly rules: string;
  readonly account: string;
  /** `leverage-book/1` text; '' where it could not be had. */
  readonly book: string;
}

export type FormReading = { readonly ok: true; readonly spec: BackTestSpec } | { readonly ok: false; readonly faults: readonly Fault[] };

/** What the form says, or where it says nothing that can be run. Bounds are the studies' own. */
export function readForm(form: BackTestForm, given: Given): FormReading {
  const faults: Fault[] = [];
  const number = (field: 'seed' | 'days' | 'accounts' | 'populationSeed' | 'leverage' | 'runs'): number => {
    const text = form[field].trim();
    const value = Number(text);
    const [least, most] = field === 'seed' || field === 'populationSeed' ? [0, 1e9] : BACK_TEST_BOUNDS[field];
    const isWhole = field !== 'leverage';
    const isFine = text !== '' && (isWhole ? Number.isInteger(value) : Number.isFinite(value)) && value >= least && value <= most;
    if (!isFine)
      faults.push({ pointer: `/${field}`, message: `expected ${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most}` });
    return value;
  };
  const rule = ({ kind, file }: RulesForm, i: number): RuleChoice => {
    if (kind === 'own' && given.rules !== '') return { kind: 'text', name: 'Rules in force', text: given.rules };
    if (kind === 'own') faults.push({ pointer: `/rules/${i}`, message: 'the engine has not told its rules yet: open a feed' });
    if (kind === 'file' && file) return { kind: 'text', name: file.name, text: file.text };
    if (kind === 'file') faults.push({ pointer: `/rules/${i}`, message: 'choose a file with rules' });
    return kind === 'own' || kind === 'file' ? { kind: 'shipped' } : { kind };
  };
  const rules = [rule(form.rules[0], 0), rule(form.rules[1], 1)] as const;
  const lookMs = Number(form.lookMs);
  const stream: BackTestSpec['stream'] =
    form.stream === 'simulated'
      ? { kind: 'simulated', seed: number('seed'), regime: form.regime, days: number('days'), lookMs }
      : { kind: 'replay', name: form.stream.slice('replay '.length), lookMs };
  const subjects = (): BackTestSpec['subjects'] => {
    if (form.subjects === 'population') return { kind: 'population', accounts: number('accounts'), seed: number('populationSeed') };
    if (form.subjects === 'weekly-longs') return { kind: 'weekly-longs', leverage: number('leverage'), runs: number('runs') };
    if (given.book === '') faults.push({ pointer: '/subjects', message: 'there is no account on the margin page' });
    return { kind: 'account', book: given.book, account: given.account };
  };
  const spec = { rules, stream, subjects: subjects() };
  return faults.length > 0 ? { ok: false, faults } : { ok: true, spec };
}
