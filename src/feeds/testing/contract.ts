/** What every feed keeps (rules FD-1 to FD-11). Each feed's test calls `feedContract` once per way it can be made. */
import { describe, expect, it } from 'vitest';
import { FEED_STATES, type Tick } from '../../domain/tick.ts';
import { type Feed, type FeedOutput, SPEED_MAX } from '../feed.ts';
import { isPriceText } from '../well-formed.ts';

export interface ContractSubject {
  readonly name: string;
  /** A fresh feed, the same every time. `queueMax` where the contract wants a small queue. */
  readonly create: (options: { readonly queueMax?: number }) => Feed;
  /** Reading of the caller's clock at which the test starts. */
  readonly nowMs: number;
  /** How far the test goes, by the caller's clock; several hundred ticks must fall in it. */
  readonly spanMs: number;
}

/** Fewer ticks than this in a span prove nothing. */
const TICKS_MIN = 100;

/** Advances from `nowMs` to `nowMs + spanMs` in steps of `byMs`. */
const run = (feed: Feed, nowMs: number, spanMs: number, byMs: number): FeedOutput[] => {
  const outputs = [feed.advance(nowMs)];
  for (let t = byMs; t < spanMs; t += byMs) outputs.push(feed.advance(nowMs + t));
  outputs.push(feed.advance(nowMs + spanMs));
  return outputs;
};

const ticksOf = (outputs: readonly FeedOutput[]): Tick[] => outputs.flatMap(({ ticks }) => ticks);
/** Without the time of arrival, which is the caller's. */
const said = (ticks: readonly Tick[]): string[] => ticks.map((tick) => `${tick.venueTimeMs} ${tick.kind} ${tick.market} ${tick.price}`);

const pricesOf = (ticks: readonly Tick[]): Map<string, string> =>
  new Map(ticks.map((tick) => [`${tick.kind} ${tick.market}`, `${tick.price} at ${tick.venueTimeMs}`]));

const everyFeed = ({ create, nowMs, spanMs }: ContractSubject): void => {
  it('FD-1 behavior: the same calls give the same outputs', () => {
    expect(run(create({}), nowMs, spanMs, spanMs / 50)).toEqual(run(create({}), nowMs, spanMs, spanMs / 50));
  });

  it('FD-1 error: a clock reading that is not finite', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => create({}).advance(bad)).toThrow(RangeError);
  });

  it('FD-3 behavior: how the caller chops time does not matter', () => {
    const finely = said(ticksOf(run(create({}), nowMs, spanMs, spanMs / 997)));
    expect(said(ticksOf(run(create({}), nowMs, spanMs, spanMs / 7)))).toEqual(finely);
    expect(said(ticksOf(run(create({}), nowMs, spanMs, spanMs)))).toEqual(finely);
  });

  it('FD-4 FD-9 behavior: ticks are prices of its markets, arrived by now, from no later than its clock; states are known ones', () => {
    const feed = create({});
    const markets = new Set(feed.description.markets.map(({ market, kind }) => `${kind} ${market}`));
    let seen = 0;
    for (let t = 0; t <= spanMs; t += spanMs / 100) {
      const { ticks, status, clockMs, counts } = feed.advance(nowMs + t);
      expect(FEED_STATES).toContain(status.state);
      expect(counts.gaps).toBe(status.gapCount);
      expect(counts.dropped).toBe(status.droppedCount);
      for (const tick of ticks) {
        seen++;
        expect(isPriceText(tick.price)).toBe(true);
        expect(markets.has(`${tick.kind} ${tick.market}`)).toBe(true);
        expect(tick.venueTimeMs).toBeLessThanOrEqual(clockMs);
        expect(tick.arrivalTimeMs).toBeLessThanOrEqual(nowMs + t);
      }
      if (seen > 0) expect(status.lastVenueTimeMs).toBeLessThanOrEqual(clockMs);
    }
    expect(seen).toBeGreaterThanOrEqual(TICKS_MIN);
  });

  it('FD-5 FD-6 behavior: nothing is told twice, no market goes back in time, a sound source has no gaps', () => {
    const outputs = run(create({}), nowMs, spanMs, spanMs / 100);
    const all = ticksOf(outputs);
    const newest = new Map<string, number>();
    for (const { market, kind, venueTimeMs } of all) {
      expect(venueTimeMs).toBeGreaterThanOrEqual(newest.get(`${kind} ${market}`) ?? 0);
      newest.set(`${kind} ${market}`, venueTimeMs);
    }
    expect(new Set(said(all)).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(TICKS_MIN);
    expect(outputs.at(-1)!.counts).toMatchObject({ gaps: 0, duplicates: 0, late: 0, rejected: 0, dropped: 0, accepted: all.length });
  });

  it('FD-2 behavior: a clock that steps back neither doubles nor loses a tick', () => {
    const feed = create({});
    const outputs = [feed.advance(nowMs), feed.advance(nowMs + spanMs * 0.4), feed.advance(nowMs + spanMs * 0.3)];
    const back = outputs[2]!;
    expect(back.ticks).toEqual([]);
    for (let t = 0.3; t <= 1; t += 0.01) outputs.push(feed.advance(nowMs + spanMs * t));
    const straight = said(ticksOf(run(create({}), nowMs, spanMs * 1.1, spanMs / 100)));
    const heard = said(ticksOf(outputs));
    expect(heard.length).toBeGreaterThanOrEqual(TICKS_MIN);
    expect(heard).toEqual(straight.slice(0, heard.length));
  });

  it('FD-7 behavior: a full queue drops the oldest and counts them', () => {
    const all = said(ticksOf(run(create({}), nowMs, spanMs, spanMs)));
    const feed = create({ queueMax: 17 });
    const { ticks, status } = feed.advance(nowMs);
    const burst = feed.advance(nowMs + spanMs);
    const first = ticks.length + status.droppedCount;
    expect(burst.ticks.length).toBe(17);
    expect(said(burst.ticks)).toEqual(all.slice(-17));
    expect(first + burst.ticks.length + burst.status.droppedCount - status.droppedCount).toBe(all.length);
  });

  it('FD-9 behavior: a closed feed has ended and stays silent', () => {
    const feed = create({});
    feed.advance(nowMs);
    feed.close();
    feed.close();
    const after = run(feed, nowMs + 1, spanMs, spanMs / 3);
    expect(ticksOf(after)).toEqual([]);
    for (const { status } of after) expect(status.state).toBe('ended');
  });
};

const seekableFeed = ({ create, nowMs, spanMs }: ContractSubject): void => {
  it('FD-2 behavior: speed is a multiple of real time, 0 stands still, and a change of it moves nothing', () => {
    const feed = create({});
    feed.setSpeed(1);
    const started = feed.advance(nowMs).clockMs;
    feed.setSpeed(10);
    expect(feed.advance(nowMs + 1_000).clockMs).toBe(started + 10_000);
    feed.setSpeed(0);
    const paused = feed.advance(nowMs + 9_000);
    expect(paused).toMatchObject({ clockMs: started + 10_000, ticks: [], speed: 0, status: { state: 'live' } });
    feed.setSpeed(0.5);
    expect(feed.advance(nowMs + 10_000).clockMs).toBe(started + 10_500);
  });

  it('FD-2 error: a speed below 0, above the greatest, or not a number', () => {
    for (const bad of [-1, SPEED_MAX + 1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => create({}).setSpeed(bad)).toThrow(RangeError);
  });

  it('FD-2 behavior: time that is skipped is not played', () => {
    const feed = create({});
    feed.setSpeed(1);
    const started = feed.advance(nowMs).clockMs;
    feed.skipTo(nowMs + 3_600_000);
    expect(feed.advance(nowMs + 3_600_000)).toMatchObject({ clockMs: started, ticks: [] });
    expect(feed.advance(nowMs + 3_600_500).clockMs).toBe(started + 500);
  });

  it('FD-10 behavior: a seek, forward or back, gives what playing there would have given, and says that it is a break', () => {
    const played = create({});
    const ticks: Tick[] = [];
    const stops: { clockMs: number; prices: Map<string, string> }[] = [];
    for (let t = 0; t <= spanMs; t += spanMs / 10) {
      const output = played.advance(nowMs + t);
      ticks.push(...output.ticks);
      stops.push({ clockMs: output.clockMs, prices: pricesOf(ticks) });
    }
    const sought = create({});
    sought.setSpeed(0);
    sought.advance(nowMs);
    for (const i of [7, 2, 9, 0, 5]) {
      const { clockMs, prices } = stops[i]!;
      sought.seek(clockMs);
      const output = sought.advance(nowMs + i);
      expect(output.isDiscontinuous).toBe(true);
      expect(output.clockMs).toBe(clockMs);
      expect(pricesOf(output.ticks)).toEqual(prices);
      expect(output.ticks.length).toBe(prices.size);
      expect(sought.advance(nowMs + i)).toMatchObject({ isDiscontinuous: false, ticks: [] });
    }
  });

  it('FD-10 behavior: after a seek it goes on as if it had played', () => {
    const played = create({});
    const all = said(ticksOf(run(played, nowMs, spanMs * 1.1, spanMs / 10)));
    const feed = create({});
    const halfway = create({});
    halfway.advance(nowMs);
    const { clockMs } = halfway.advance(nowMs + spanMs / 2);
    feed.advance(nowMs);
    feed.seek(clockMs);
    feed.advance(nowMs);
    const rest = said(ticksOf([feed.advance(nowMs + spanMs / 2)]));
    expect(rest.length).toBeGreaterThanOrEqual(TICKS_MIN / 4);
    const first = all.indexOf(rest[0]!);
    expect(rest).toEqual(all.slice(first, first + rest.length));
    expect(said(feed.advance(nowMs + spanMs / 2).ticks)).toEqual([]);
  });

  it('FD-10 error: a time outside, or not a time', () => {
    const feed = create({});
    const { startMs, endMs } = feed.description;
    const outside = [startMs! - 1, Number.NaN, ...(endMs === undefined ? [] : [endMs + 1])];
    for (const bad of outside) expect(() => feed.seek(bad)).toThrow(RangeError);
  });

  it('FD-11 behavior: steps go from instant to instant, back again, and stop at the start', () => {
    const feed = create({});
    feed.setSpeed(0);
    const start = feed.advance(nowMs);
    const forward: FeedOutput[] = [];
    for (let i = 0; i < 20; i++) {
      feed.step(1);
      forward.push(feed.advance(nowMs + i));
    }
    for (const [i, output] of forward.entries()) {
      expect(output.ticks.length).toBeGreaterThan(0);
      expect(output.isDiscontinuous).toBe(false);
      for (const tick of output.ticks) expect(tick.venueTimeMs).toBe(output.clockMs);
      expect(output.clockMs).toBeGreaterThan((forward[i - 1] ?? start).clockMs);
    }
    feed.step(-1);
    expect(feed.advance(nowMs + 30)).toMatchObject({ clockMs: forward[18]!.clockMs, isDiscontinuous: true });
    feed.step(-18);
    feed.step(3);
    expect(feed.advance(nowMs + 31)).toMatchObject({ clockMs: forward[3]!.clockMs });
    feed.step(-1_000);
    expect(feed.advance(nowMs + 32).clockMs).toBe(feed.description.startMs);
  });
};

const liveFeed = ({ create, nowMs }: ContractSubject): void => {
  it('FD-11 error: a live feed cannot be moved in time', () => {
    const feed = create({});
    expect(() => feed.setSpeed(2)).toThrow(RangeError);
    expect(() => feed.seek(nowMs)).toThrow(RangeError);
    expect(() => feed.step(1)).toThrow(RangeError);
  });
};

/** Registers the contract's tests for one feed. */
export const feedContract = (subject: ContractSubject): void => {
  describe(`contract: ${subject.name}`, () => {
    everyFeed(subject);
    if (subject.create({}).description.isSeekable) seekableFeed(subject);
    else liveFeed(subject);
  });
};
