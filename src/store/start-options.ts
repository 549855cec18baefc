/**
 * The page's address as options, so that a run can be repeated exactly:
 * `?feed=replay&file=2025-10-10&speed=60&clock=manual`, `?feed=simulated&seed=42&regime=stress`, `?feed=none`, `&debug=1`, `&book=none`.
 * Anything unknown or malformed is as if it were not there.
 */
import type { FeedSpec } from '../session/protocol.ts';
import { isMeantForDesk } from './desk-state.ts';
import type { App } from './store.ts';

export interface StartOptions {
  readonly feed: FeedSpec;
  /** Multiple of real time; undefined leaves the feed's own. */
  readonly speed?: number;
  readonly clock: 'auto' | 'manual';
  readonly debug: boolean;
  readonly book: 'demo' | 'none';
}

export const DEFAULT_FEED: FeedSpec = { kind: 'simulated', seed: 42, regime: 'normal', stepMs: 1_000 };

/** Reads the query of an address (`location.search`). */
export function parseStartOptions(search: string): StartOptions {
  const query = parseQuery(search);
  const speed = Number(query.get('speed') ?? Number.NaN);
  return {
    feed: parseFeed(query),
    ...(Number.isFinite(speed) && speed >= 0 ? { speed } : {}),
    clock: query.get('clock') === 'manual' ? 'manual' : 'auto',
    debug: query.get('debug') === '1',
    book: query.get('book') === 'none' ? 'none' : 'demo',
  };
}

/** Loads the first book, starts the feed that `options` name and opens the desk that `deskLink` names. Resolves when all are answered. */
export function startApp({ actions, loadDesk }: App, options: StartOptions, deskLink = ''): Promise<unknown> {
  const answers: Promise<unknown>[] = [];
  if (options.book === 'demo') answers.push(actions.loadDemo());
  answers.push(actions.setFeed(options.feed));
  if (options.speed !== undefined) actions.setSpeed(options.speed);
  // A desk that does not come is told where it is looked for: on its page.
  if (isMeantForDesk(deskLink))
    answers.push(
      loadDesk()
        .then(({ start }) => start(deskLink))
        .catch(() => undefined),
    );
  return Promise.all(answers);
}

/** The page's address was changed by hand: a view of the desk that it names is shown. */
export function followLink({ loadDesk }: App, link: string): void {
  if (isMeantForDesk(link))
    void loadDesk()
      .then(({ follow }) => follow(link))
      .catch(() => undefined);
}

function parseFeed(query: ReadonlyMap<string, string>): FeedSpec {
  const kind = query.get('feed');
  if (kind === 'none') return { kind: 'none' };
  const name = query.get('file');
  if (kind === 'replay' && name && /^[\w-]{1,64}$/.test(name)) return { kind: 'replay', name };
  if (kind !== 'simulated') return DEFAULT_FEED;
  const seed = Number(query.get('seed') ?? 42);
  const regime = query.get('regime');
  return {
    kind: 'simulated',
    seed: Number.isSafeInteger(seed) ? seed : 42,
    regime: regime === 'calm' || regime === 'stress' ? regime : 'normal',
    stepMs: 1_000,
  };
}

function parseQuery(search: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of search.replace(/^\?/, '').split('&')) {
    const [key = '', value = ''] = pair.split('=', 2);
    try {
      query.set(decodeURIComponent(key), decodeURIComponent(value.replaceAll('+', ' ')));
    } catch {
      // A malformed escape: as if it were not there.
    }
  }
  return query;
}
