/** The rule set as the editor holds it: the document `alarm-rules/1`, changed and sent back as text. The engine alone judges it. */
import type { Fault } from '../../store/types.ts';
import type { MeasureName } from './words.ts';

export interface RuleRecord {
  readonly id: string;
  readonly scope: Readonly<Record<string, string>> & { readonly kind: string };
  readonly measure: MeasureName;
  readonly severity: string;
  readonly arm: string;
  readonly clear: string;
  readonly onDelayMs: number;
  readonly offDelayMs: number;
  readonly cooldownMs: number;
  readonly channel: string;
}

interface RulesDocument {
  readonly rules: readonly RuleRecord[];
}

/** The text is the engine's own: it is a document. */
export const readRules = (text: string): RulesDocument => JSON.parse(text) as RulesDocument;

/** One rule as its form holds it: text, delays in seconds. */
export interface RuleForm {
  readonly id: string;
  readonly scopeKind: string;
  readonly scopeName: string;
  readonly measure: MeasureName;
  readonly severity: string;
  readonly arm: string;
  readonly clear: string;
  readonly onDelay: string;
  readonly offDelay: string;
  readonly cooldown: string;
  readonly channel: string;
}

/** The field of a scope that holds its name. */
const NAME_OF: Readonly<Record<string, string>> = { account: 'account', group: 'filter', market: 'market', venue: 'venue' };

export const formOf = ({ scope, onDelayMs, offDelayMs, cooldownMs, ...rule }: RuleRecord): RuleForm => ({
  ...rule,
  scopeKind: scope.kind,
  scopeName: scope[NAME_OF[scope.kind] ?? ''] ?? '',
  onDelay: String(onDelayMs / 1000),
  offDelay: String(offDelayMs / 1000),
  cooldown: String(cooldownMs / 1000),
});

/** Seconds as whole milliseconds; what is no number goes to the engine as it was typed, which says so. */
export const millisecondsOf = (seconds: string): number | string => {
  const trimmed = seconds.trim();
  return /^\d{1,9}(\.\d{1,3})?$/.test(trimmed) ? Math.round(Number(trimmed) * 1000) : seconds;
};

const recordOf = ({ scopeKind, scopeName, onDelay, offDelay, cooldown, ...rule }: RuleForm) => {
  const nameField = NAME_OF[scopeKind];
  return {
    ...rule,
    arm: rule.arm.trim(),
    clear: rule.clear.trim(),
    scope: { kind: scopeKind, ...(nameField ? { [nameField]: scopeName.trim() } : {}) },
    onDelayMs: millisecondsOf(onDelay),
    offDelayMs: millisecondsOf(offDelay),
    cooldownMs: millisecondsOf(cooldown),
  };
};

/** The document with the rule at `index` replaced, or one more at its end. */
export function withRule(text: string, index: number, form: RuleForm): string {
  const document = readRules(text);
  const rules: unknown[] = [...document.rules];
  rules[Math.min(index, rules.length)] = recordOf(form);
  return JSON.stringify({ ...document, rules }, null, 2);
}

export function withoutRule(text: string, index: number): string {
  const document = readRules(text);
  return JSON.stringify({ ...document, rules: document.rules.filter((_, i) => i !== index) }, null, 2);
}

/** The fault of one field of the rule at `index`, by the field's name in the document. */
export const faultOf = (faults: readonly Fault[], index: number, field: string): Fault | undefined =>
  faults.find(({ pointer }) => pointer === `/rules/${index}/${field}` || pointer.startsWith(`/rules/${index}/${field}/`));

/** A rule to begin a new one with. */
export const newRule = (taken: readonly string[]): RuleForm => {
  let number = taken.length + 1;
  while (taken.includes(`rule-${number}`)) number++;
  return {
    id: `rule-${number}`,
    scopeKind: 'all',
    scopeName: '',
    measure: 'marginRatio',
    severity: 'warning',
    arm: '0.6',
    clear: '0.55',
    onDelay: '20',
    offDelay: '600',
    cooldown: '1800',
    channel: 'page',
  };
};
