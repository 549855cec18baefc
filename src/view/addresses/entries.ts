/** What a person pastes, as lines of the list: an address a line or behind commas, with a label before it. What cannot be one is said, and stays where it was typed. */
import { ACCOUNT_SOURCE_FACTS, type AccountSourceFacts, type AddressForm, addressRefusal } from '../../domain/account-sources.ts';

export interface TypedAddress {
  readonly form: AddressForm;
  readonly address: string;
  /** '' for none. */
  readonly label: string;
  /** The line it stands on, from 1. */
  readonly line: number;
}

export interface BadLine {
  readonly line: number;
  /** As it was typed, for the field to keep. */
  readonly text: string;
  readonly sentence: string;
}

export interface Typed {
  readonly good: readonly TypedAddress[];
  readonly bad: readonly BadLine[];
}

const SECRET =
  'This looks like a private key or a seed phrase. Never paste one anywhere: Plimsoll needs the public address only. Delete it from the field.';

/** A phrase of twelve words and more, or 64 hexadecimal digits. */
const looksSecret = (text: string): boolean =>
  /\b(?:0x)?[0-9a-f]{64}\b/i.test(text) || (text.match(/(?:^|\s)[a-z]{3,8}(?=\s|$)/g)?.length ?? 0) >= 12;

const formOf = (word: string): AddressForm | null => (/^0x/i.test(word) ? 'evm' : /^dydx1/.test(word) ? 'dydx' : null);

/** So long that it was meant as an address, and is no name of somebody. */
const looksLikeAddress = (word: string): boolean => /^(?:0x[0-9a-z]{16,}|dydx1[0-9a-z]{16,})$/i.test(word);

const quote = (text: string): string => `“${text.length > 48 ? `${text.slice(0, 47)}…` : text}”`;

/** Why a word that begins like an address is none, in a sentence. */
function refusalOf(form: AddressForm, word: string): string | undefined {
  const refusal = addressRefusal(form, word);
  if (refusal === undefined) return undefined;
  const has = form === 'evm' ? word.length - 2 : word.length - 5;
  const wrong = form === 'evm' ? /^0x[0-9a-f]*$/i.test(word) : true;
  return `${quote(word)} is no address: ${refusal}; this has ${wrong ? has : 'others among them'}.`;
}

const strange = (text: string): string =>
  /\.(?:eth|sol|base|xyz)$/i.test(text)
    ? `${quote(text)} is a name: names are not looked up, paste the address itself.`
    : `${quote(text)} holds no address: one begins with 0x or dydx1.`;

/** Every address of `text`; a line with anything that is none is bad as a whole, so that nothing is taken by half. */
export function readTyped(text: string): Typed {
  const good: TypedAddress[] = [];
  const bad: BadLine[] = [];
  text.split(/\r?\n/).forEach((typed, at) => {
    const line = at + 1;
    if (typed.trim() === '') return;
    const read = looksSecret(typed) ? SECRET : readLine(typed, line);
    if (typeof read === 'string') bad.push({ line, text: typed, sentence: read });
    else good.push(...read);
  });
  return { good, bad };
}

function readLine(text: string, line: number): readonly TypedAddress[] | string {
  const found: { readonly form: AddressForm; readonly address: string; label: string }[] = [];
  const before: string[] = [];
  for (const part of text.split(/[,;\t]/)) {
    const words = part.trim().split(/\s+/);
    let label: string[] = [];
    for (const [i, word] of words.entries()) {
      // A label may stand before its address without a comma, and begin like one (`0xSifu`).
      const form = i === words.length - 1 || looksLikeAddress(word) ? formOf(word) : null;
      if (form === null) {
        if (word !== '') label.push(word);
        continue;
      }
      const refusal = refusalOf(form, word);
      if (refusal !== undefined) return refusal;
      if (label.length > 0) before.push(label.join(' '));
      label = [];
      found.push({ form, address: word, label: before.splice(0).join(', ') });
    }
    if (label.length > 0) before.push(label.join(' '));
  }
  if (before.length > 0) {
    // Behind the one address of a line it is its label too.
    if (found.length !== 1 || found[0]!.label !== '') return strange(before[0]!);
    found[0]!.label = before.join(', ');
  }
  return found.map((one) => ({ ...one, line }));
}

/** Sources of EVM addresses by what they have in common: `Aave v3` on its chains. */
export interface SourceGroup {
  readonly name: string;
  readonly sources: readonly { readonly id: string; readonly name: string }[];
}

/** `Aave v3 on Base` is `Base` among those of Aave v3; what stands on one place only is itself. */
export const sourceGroups = (facts: readonly AccountSourceFacts[] = ACCOUNT_SOURCE_FACTS): readonly SourceGroup[] => {
  const groups = new Map<string, { id: string; name: string }[]>();
  for (const { id, name, address } of facts) {
    if (address !== 'evm') continue;
    const [protocol = name, chain] = name.split(' on ');
    groups.set(protocol, [...(groups.get(protocol) ?? []), { id, name: chain ?? name }]);
  }
  // What stands on one place only keeps its whole name: `Spark on Ethereum`.
  return [...groups].map(([name, sources]) => ({
    name,
    sources: sources.length > 1 ? sources : sources.map(({ id }) => ({ id, name: facts.find((one) => one.id === id)?.name ?? name })),
  }));
};

/** Where one typed address is read: a form with one source names it by itself, the others as chosen. */
export const sourcesOf = (form: AddressForm, chosen: readonly string[]): readonly AccountSourceFacts[] =>
  ACCOUNT_SOURCE_FACTS.filter(({ id, address }) => address === form && (form !== 'evm' || chosen.includes(id)));

/** Hosts as people know them: without the scheme, each once. */
export const hostNames = (sources: readonly AccountSourceFacts[]): readonly string[] => [
  ...new Set(sources.flatMap(({ hosts }) => hosts.map((host) => host.replace(/^\w+:\/\//, '')))),
];

/** `0x1234…abcd`: enough to know it again, beside a way to copy the whole. */
export const shortAddress = (address: string): string => (address.length <= 14 ? address : `${address.slice(0, 6)}…${address.slice(-4)}`);
