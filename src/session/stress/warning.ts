/**
 * Distances of the account on the margin page, and of the loaded book s* and crowding: work in slices, of each kind the newest wins.
 * Rules ST-28…ST-31. Pure like the session.
 */
import { InputError } from '../../domain/fault.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { Decimal, ONE } from '../../domain/units.ts';
import { type CrowdingRisk, crowdingSteps } from '../../engine/cascade/crowding.ts';
import { DOWNWARD, touchProbability24h, UPWARD } from '../../engine/first-passage/touch-law.ts';
import { resolveAccount } from '../../engine/resolve.ts';
import { covarianceOf } from '../../engine/stress/covariance.ts';
import { nearestOf, poolShock } from '../../engine/stress/shortest-shock.ts';
import type { ShortestShock } from '../../engine/stress/types.ts';
import { marketsOf } from '../alarms/odds.ts';
import { accountAt } from '../desk/account-store.ts';
import type { Job } from '../desk/names.ts';
import { findIds } from '../desk/names.ts';
import type { OpenDesk } from '../desk/opened.ts';
import { bookAtPrices } from '../desk/price-board.ts';
import type { Frame } from '../protocol.ts';
import type { SessionState } from '../state.ts';
import { CascadeEngine, type DeskCascade } from './cascade.ts';
import { distanceFrame } from './distance.ts';
import { depthsOf } from './feedback.ts';
import { STRESS_CANCELLED, STRESS_SUPERSEDED, type StressDepth, type StressWork } from './messages.ts';
import { NOTHING_MOVES, scenarioPrices } from './scenario.ts';
import { stressForm } from './stress-slots.ts';
import type { StressOutcome, WarningCommand, WarningFrame, WarningWork } from './warning-messages.ts';
import { modelOf, referenceOf, type WarningTerms } from './warning-model.ts';

type Of<K extends WarningWork> = Extract<WarningCommand, { readonly kind: K }>;

interface Running {
  readonly requestId: number;
  readonly job: Job<WarningFrame>;
  /** The desk that is asked about; null: the margin page's account. */
  readonly open: OpenDesk | null;
}

const failed = (requestId: number, message: string): Frame => ({ kind: 'failed', requestId, faults: [{ pointer: '', message }] });

export const told = <T>(outcome: Outcome<T>): StressOutcome<T> =>
  outcome.ok ? { ok: true, value: outcome.value } : { ok: false, reason: outcome.reason };

export class Warning {
  private readonly running = new Map<WarningWork, Running>();

  get isWorking(): boolean {
    return this.running.size > 0;
  }

  command(command: WarningCommand, state: SessionState, open: OpenDesk | null, terms: WarningTerms): Frame[] {
    const { kind, requestId } = command;
    const ended = this.end(kind, STRESS_SUPERSEDED);
    const isOfAccount = kind === 'stress-distance';
    if (isOfAccount ? !state.loaded : !open)
      return [...ended, failed(requestId, isOfAccount ? 'no account is loaded' : 'no accounts are open')];
    this.running.set(kind, { requestId, job: jobOf(command, state, open, terms), open: isOfAccount ? null : open });
    return ended;
  }

  /** One slice, of each kind in turn. What was asked of a desk that is gone ends. */
  work(open: OpenDesk | null): Frame[] {
    const gone = [...this.running]
      .filter(([, one]) => one.open !== null && one.open !== open)
      .flatMap(([kind]) => this.end(kind, STRESS_CANCELLED));
    const next = this.running.entries().next();
    if (next.done) return gone;
    const [kind, running] = next.value;
    this.running.delete(kind);
    try {
      const step = running.job.next();
      if (step.done) return [...gone, step.value];
      this.running.set(kind, running);
      return gone;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return [...gone, { kind: 'failed', requestId: running.requestId, faults: error.faults }];
    }
  }

  cancel(of: StressWork | 'stress-watch' | null): Frame[] {
    return [...this.running.keys()].filter((kind) => of === null || of === kind).flatMap((kind) => this.end(kind, STRESS_CANCELLED));
  }

  private end(kind: WarningWork, why: string): Frame[] {
    const running = this.running.get(kind);
    this.running.delete(kind);
    return running ? [failed(running.requestId, why)] : [];
  }
}

function jobOf(command: WarningCommand, state: SessionState, open: OpenDesk | null, terms: WarningTerms): Job<WarningFrame> {
  switch (command.kind) {
    case 'stress-distance':
      return distanceFrame(command, state, terms);
    case 'stress-critical':
      return critical(command, open!, terms);
    case 'stress-crowding':
      return crowding(command, open!, terms);
  }
}

function* critical({ requestId, depth, blend }: Of<'stress-critical'>, open: OpenDesk, terms: WarningTerms): Job<WarningFrame> {
  const { kernel, sequence } = open;
  const { markets } = stressForm(kernel, scenarioPrices(kernel.board, NOTHING_MOVES));
  yield;
  const reference = referenceOf(markets);
  const { model, view } = modelOf(markets, reference, blend, terms);
  const sigma = model.sigma.get(reference) ?? Number.NaN;
  const betas = new Map(view.markets.map(({ market, beta }) => [market, new Decimal(Number.isNaN(beta) ? 1 : beta)]));
  const engine = new CascadeEngine(kernel);
  yield;
  const found = yield* engine.criticalSteps({ depth: depthsOf(kernel.board, markets, depth), fund: 0, hasDeleveraging: false }, betas);
  const place: StressOutcome<Extract<Extract<WarningFrame, { kind: 'stress-critical' }>['critical'], { ok: true }>['value']> = found.ok
    ? { ok: true, value: { ...reachOf(found.value.move, sigma), market: found.value.market, how: found.value.kind } }
    : { ok: false, reason: found.reason };
  return { kind: 'stress-critical', requestId, bookSequence: sequence, reference, sigma, critical: place };
}

function reachOf(move: number, sigma: number) {
  const sigmas = Math.abs(Math.log1p(move)) / sigma;
  return { move, sigmas, probability24h: touchProbability24h(sigmas, move > 0 ? UPWARD : DOWNWARD) };
}

function* crowding(
  { requestId, account: id, depth, blend }: Of<'stress-crowding'>,
  open: OpenDesk,
  terms: WarningTerms,
): Job<WarningFrame> {
  const { kernel, sequence } = open;
  const row = yield* rowOf(open, id);
  if (row === undefined) throw new InputError([{ pointer: '/account', message: 'the open book holds no such account' }]);
  const account = accountAt(kernel.store, row);
  const rules = kernel.rulesOf(account.venue);
  const { pools, unit } = resolveAccount(account, bookAtPrices(kernel.board, account), rules);
  const markets = [...new Set(pools.flatMap((pool) => marketsOf(pool, unit)))];
  const covariance = covarianceOf(modelOf(markets, referenceOf(markets), blend, terms).model);
  const shocks: Outcome<ShortestShock>[] = [];
  for (const pool of pools) {
    shocks.push(poolShock(pool, rules, covariance, 'log', unit));
    yield;
  }
  const shortest = nearestOf(shocks);
  const risk = shortest.ok ? yield* crowded(open, row, shortest.value, depth) : shortest;
  return {
    kind: 'stress-crowding',
    requestId,
    bookSequence: sequence,
    account: id,
    own: shortest.ok ? { ok: true, value: shortest.value.distance } : told(shortest),
    crowded: told(risk),
  };
}

function* crowded({ kernel }: OpenDesk, row: number, { shock, distance }: ShortestShock, depths: StressDepth): Job<Outcome<CrowdingRisk>> {
  const engine = new CascadeEngine(kernel);
  const { markets } = stressForm(kernel, scenarioPrices(kernel.board, NOTHING_MOVES));
  const depth = depthsOf(kernel.board, markets, depths);
  const isClosed = (share: number): boolean => {
    // At the whole of it a rounding's breadth beyond.
    const reach = share === 1 ? share * (1 + 1e-9) : share;
    const moves = new Map([...shock].map(([market, move]) => [market, new Decimal(Math.log1p(move)).times(reach).exp().minus(ONE)]));
    return isClosedIn(
      engine.play({ scenario: { ...NOTHING_MOVES, moves }, depth, fund: 0, hasDeleveraging: false }),
      kernel.pools.row,
      row,
    );
  };
  return yield* crowdingSteps({ distance }, isClosed);
}

const isClosedIn = ({ closedPools }: DeskCascade, rows: ArrayLike<number>, row: number): boolean =>
  closedPools.some((round) => round.some((pool) => rows[pool] === row));

function* rowOf({ kernel, strings }: OpenDesk, id: string): Job<number | undefined> {
  const [source] = yield* findIds(strings, [id]);
  if (source === undefined) return undefined;
  const { source: sources } = kernel.columns.accounts;
  for (let row = 0; row < kernel.columns.count; row++) if (sources[row] === source) return row;
  return undefined;
}
