/**
 * Stress of the margin page's account: the same machine as for the desk, over a desk of this one account at the prices of the moment it was
 * asked. Every kind of work has its own, so that none ends another. Rule ST-15.
 */
import { venues } from '../../venues/registry.ts';
import { flatten } from '../desk/flat-book.ts';
import { type OpenDesk, openFlat } from '../desk/opened.ts';
import { pricedBook } from '../prices.ts';
import type { Frame } from '../protocol.ts';
import { type SessionState, selectedAccount } from '../state.ts';
import type { StressCommand, StressWork } from './messages.ts';
import { Stress } from './stress.ts';

interface Own {
  readonly stress: Stress;
  readonly open: OpenDesk;
}

/** A desk of the selected account at its prices of now; null where none is loaded. */
export function openSelected({ loaded, prices }: Pick<SessionState, 'loaded' | 'prices'>): OpenDesk | null {
  if (!loaded) return null;
  const account = selectedAccount(loaded);
  const { book } = pricedBook(loaded.book, account, venues[account.venue]!.rules, prices);
  const memory = { isShared: false, allocate: (bytes: number) => new ArrayBuffer(bytes) };
  const job = openFlat(flatten({ ...book, accounts: [account] }), loaded.name, 0, memory);
  let step = job.next();
  while (!step.done) step = job.next();
  return step.value;
}

export class AccountStress {
  private readonly owns = new Map<StressWork, Own>();

  get isWorking(): boolean {
    return [...this.owns.values()].some(({ stress }) => stress.isWorking);
  }

  command(
    command: Extract<StressCommand, { readonly kind: 'stress-matrix' | 'stress-cascade' }>,
    state: Pick<SessionState, 'loaded' | 'prices'>,
  ): Frame[] {
    const before = this.owns.get(command.kind);
    const ended = before ? this.end(command.kind, before) : [];
    const open = openSelected(state);
    if (!open)
      return [...ended, { kind: 'failed', requestId: command.requestId, faults: [{ pointer: '', message: 'no account is loaded' }] }];
    const own = { stress: new Stress(), open };
    this.owns.set(command.kind, own);
    return [...ended, ...own.stress.command(command, open)];
  }

  cancel(of: StressWork | 'stress-watch' | null): Frame[] {
    return [...this.owns].flatMap(([kind, own]) => (of === null || of === kind ? this.end(kind, own) : []));
  }

  /** One slice of what was begun first. */
  work(): Frame[] {
    for (const { stress, open } of this.owns.values()) if (stress.isWorking) return stress.work(open);
    return [];
  }

  private end(kind: StressWork, { stress, open }: Own): Frame[] {
    this.owns.delete(kind);
    return stress.command({ kind: 'stress-cancel', requestId: 0, of: null }, open).filter((frame) => frame.kind === 'failed');
  }
}
