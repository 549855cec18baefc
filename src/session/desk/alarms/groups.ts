/**
 * Who is in which group of the desk (rule DA-12): the desk's own filter (DM-11) over its columns, once for every filter that rules name,
 * when the book, the rules or an account changed. A bit an account and filter.
 */

import type { Subject } from '../../../policy/alarms/events.ts';
import { type GroupFilter, readGroupFilter } from '../../../policy/alarms/group.ts';
import { NO_FILTER } from '../messages.ts';
import { findIds, findNamed, findText, type Job } from '../names.ts';
import { keySource, type OpenDesk } from '../opened.ts';
import { applyFilter } from '../query.ts';
import { idAt } from '../strings.ts';

/** Bits by source: an account's place in the book that was opened. */
type Bits = Uint8Array;

/** 1 or 0. */
export const bitAt = (bits: Bits, source: number): number => (bits[source >> 3]! >> (source & 7)) & 1;

const emptyBits = (count: number): Bits => new Uint8Array((count + 7) >> 3);

export class DeskGroups {
  private readonly open: OpenDesk;
  private changeCount = -1;
  /** Who is in any of them. */
  anyone: Bits = new Uint8Array(0);
  private members: ReadonlyMap<string, Bits> = new Map();
  /** By text: whose id or label has it; names never change. */
  private texts: ReadonlyMap<string, Bits> = new Map();
  /** Sources whose membership is another since `settle` found it before; each stays until `takeMoved`. */
  private moved = new Set<number>();
  /** Sources of the accounts that the machine has states of, and of the one that is being read. */
  private readonly sources = new Map<string, number>();
  private readAccount = '';
  private readSource = -1;

  constructor(open: OpenDesk) {
    this.open = open;
  }

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  /** Finds the members of `filters`, one filter a slice, unless they are known; what holds until then is what was found before. */
  *settle(filters: readonly string[]): Job<undefined> {
    const { open, members: before } = this;
    const { changeCount } = open;
    const areSame = filters.length === before.size && filters.every((filter) => before.has(filter));
    if (areSame && (filters.length === 0 || changeCount === this.changeCount)) return undefined;
    const members = new Map<string, Bits>();
    const texts = new Map<string, Bits>();
    const moved = new Set<number>();
    const anyone = emptyBits(open.strings.count);
    const mask = new Uint8Array(open.kernel.columns.accountCapacity);
    for (const filter of filters) {
      const group = readGroupFilter(filter);
      const bits = emptyBits(open.strings.count);
      members.set(filter, bits);
      if (typeof group === 'string') continue;
      const named =
        group.text === '' ? undefined : (texts.get(group.text) ?? this.texts.get(group.text) ?? (yield* this.search(group.text)));
      if (named) texts.set(group.text, named);
      this.find(group, named, mask, bits);
      const known = before.get(filter);
      if (known) noteMoved(known, bits, moved);
      for (let i = 0; i < bits.length; i++) anyone[i]! |= bits[i]!;
      yield;
    }
    for (const source of moved) this.moved.add(source);
    this.members = members;
    this.texts = texts;
    this.anyone = anyone;
    this.changeCount = changeCount;
    return undefined;
  }

  private *search(text: string): Job<Bits> {
    const found = yield* (text.startsWith('=') ? findNamed : findText)(this.open.strings, text);
    const bits = emptyBits(found.length);
    for (let source = 0; source < found.length; source++) bits[source >> 3]! |= found[source]! << (source & 7);
    yield;
    return bits;
  }

  private find({ venues, markets, side }: GroupFilter, named: Bits | undefined, mask: Uint8Array, into: Bits): void {
    const { open } = this;
    const filter = { ...NO_FILTER, venues, markets, side };
    applyFilter(keySource(open, Number.NaN), filter, open.names, { found: null, closed: null }, { mask, keys: [] });
    const { accounts, count } = open.kernel.columns;
    for (let row = 0; row < count; row++) {
      if (mask[row] === 0) continue;
      const source = accounts.source[row]!;
      if (!named || bitAt(named, source) === 1) into[source >> 3]! |= 1 << (source & 7);
    }
  }

  /** The sources that `settle` found moved since this was last asked. */
  takeMoved(): ReadonlySet<number> {
    const { moved } = this;
    this.moved = new Set();
    return moved;
  }

  /** Learns where these accounts stand: the ones that the machine is to have states of. */
  *learn(accounts: ReadonlySet<string>): Job<undefined> {
    this.sources.clear();
    for (const source of yield* findIds(this.open.strings, [...accounts])) this.learnOne(idAt(this.open.strings, source), source);
    return undefined;
  }

  learnOne(account: string, source: number): void {
    this.sources.set(account, source);
  }

  /** The account that is read next. */
  reads(account: string, source: number): void {
    this.readAccount = account;
    this.readSource = source;
  }

  /** `isInGroup` of the desk's machine. */
  readonly has = (filter: string, account: string): boolean => {
    const bits = this.members.get(filter);
    const source = account === this.readAccount ? this.readSource : (this.sources.get(account) ?? -1);
    return bits !== undefined && source >= 0 && bitAt(bits, source) === 1;
  };
}

/** The accounts that have states. */
export const accountsOf = (states: Iterable<{ readonly subject: Subject }>): Set<string> =>
  new Set(Array.from(states, ({ subject }) => (subject.kind === 'pool' ? subject.account : '')));

function noteMoved(before: Bits, after: Bits, into: Set<number>): void {
  for (let i = 0; i < after.length; i++) {
    const other = before[i]! ^ after[i]!;
    for (let bit = 0; other >> bit !== 0; bit++) if ((other >> bit) & 1) into.add(8 * i + bit);
  }
}
