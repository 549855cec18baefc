/** When a look at an account becomes a sample of its history, and what is in it (rule JN-4). */
import { Decimal, ZERO } from '../../domain/units.ts';
import type { AccountView, FigureCell, SourceView } from '../protocol.ts';
import type { SessionState } from '../state.ts';
import { accountView, runningAccount } from '../view.ts';
import { type Accrued, bothAccrued, FundingAccrual, fundingText } from './funding.ts';
import type { Keeper } from './keeper.ts';
import { streamId } from './keeper.ts';
import type { JournalStream } from './messages.ts';

/** Of the feed's clock: no two samples lie closer, but for one after money moved. */
export const SAMPLE_MS = 5_000;
/** At the feed's speed: a longer pause is a gap, where the feed's own limit is not longer. */
const PAUSE_MS = 2 * SAMPLE_MS;

/** What the last sample of a stream said. */
interface Last {
  readonly timeMs: number;
  readonly isGap: boolean;
  readonly flow: Decimal | null;
  readonly accrued: Accrued;
}

const sum = (a: Decimal | null, b: Decimal | null): Decimal | null => (a && b ? a.plus(b) : null);

export class Sampler {
  private readonly keeper: Keeper;
  private readonly last = new Map<string, Last>();
  /** Money that edits moved since the last sample; null: an edit could not be valued. */
  private flow: Decimal | null = ZERO;
  private flowOf = '';
  readonly funding = new FundingAccrual();

  constructor(keeper: Keeper) {
    this.keeper = keeper;
  }

  /** What a hand edit changed of the equity, at the prices of now. */
  edited(before: SessionState, state: SessionState, stream: JournalStream): void {
    if (!before.loaded || !state.loaded || before.loaded.book === state.loaded.book) return;
    const [was, is] = [before.loaded, state.loaded].map((loaded) => accountView(runningAccount(loaded, state), state).cells.equity.text);
    const key = streamId(stream);
    if (this.flowOf !== key) this.flow = ZERO;
    this.flowOf = key;
    this.flow = this.flow && was && is ? this.flow.plus(new Decimal(is).minus(was)) : null;
  }

  take(stream: JournalStream, account: AccountView, source: SourceView, limitMs: number): void {
    const { clockMs, speed } = source;
    if (!Number.isFinite(clockMs)) return;
    const key = streamId(stream);
    const last = this.last.get(key);
    const gapMs = Math.max(Number.isFinite(limitMs) ? limitMs : 0, PAUSE_MS * Math.max(1, speed));
    this.funding.look(key, account.positions, clockMs, gapMs);
    const hasFlow = this.flowOf === key && (this.flow === null || !this.flow.isZero());
    const stepMs = last === undefined ? Number.NaN : clockMs - last.timeMs;
    if (stepMs >= 0 && stepMs < SAMPLE_MS && !hasFlow) return;
    // A second sample of one instant takes the place of the first: what that one said of the time before it still holds.
    const same = stepMs === 0 ? last : undefined;
    const flow = same ? sum(same.flow, hasFlow ? this.flow : ZERO) : hasFlow ? this.flow : ZERO;
    const isGap = same ? same.isGap : !(stepMs <= gapMs) || stepMs < 0;
    const news = this.funding.take();
    const accrued = same ? bothAccrued(same.accrued, news) : news;
    this.last.set(key, { timeMs: clockMs, isGap, flow, accrued });
    const { equity, grossNotional, leverage, marginRatio, uniformShock, marginExcess } = account.cells;
    const sample = {
      timeMs: clockMs,
      equity: equity.text,
      grossNotional: grossNotional.text,
      leverage: ratioOf(leverage),
      marginRatio: ratioOf(marginRatio),
      shock: ratioOf(uniformShock),
      marginExcess: marginExcess.text,
      cashFlow: flow?.toFixed() ?? '',
      funding: fundingText(accrued),
      fundingPerHour: this.funding.perHour()?.toFixed() ?? '',
      ...(accrued && accrued.size > 0
        ? { fundingOf: Object.fromEntries([...accrued].map(([instrument, amount]) => [instrument, amount.toFixed()])) }
        : {}),
      isGap,
    };
    if (hasFlow) this.flow = ZERO;
    // The first of a visit, or set back: what lies after it was another course of the same feed.
    this.keeper.sample(stream, sample, stepMs >= 0 ? undefined : clockMs);
  }
}

const ratioOf = ({ value, text }: FigureCell): number | null => (text === '' || !Number.isFinite(value) ? null : value);
