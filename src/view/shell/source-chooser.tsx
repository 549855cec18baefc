/** Where the prices come from: a seeded simulation, a recorded crash, or a venue's live stream. */
import { type FormEvent, useEffect, useState } from 'react';
import { STREAM_NAMES } from '../../domain/venue-hosts.ts';
import type { FeedSpec, SourceView } from '../../store/types.ts';
import { useActions } from '../shared/app-context.tsx';
import { Button } from '../ui/button.tsx';
import fields from '../ui/fields.module.css';
import styles from './source-chooser.module.css';

interface Replay {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
}

type Regime = Extract<FeedSpec, { kind: 'simulated' }>['regime'];

/** For trying it against `npm run venue-sim`, below the page's own address (PS-12). */
const MAY_STAND_IN = new URLSearchParams(location.search).get('stand-in') === '1';

const REGIMES: readonly Regime[] = ['calm', 'normal', 'stress'];
const STEP_MS = 1000;

const isReplay = (value: unknown): value is Replay =>
  typeof value === 'object' &&
  value !== null &&
  ['name', 'title', 'summary'].every((key) => typeof (value as Record<string, unknown>)[key] === 'string');

/** The recordings that the app ships; undefined while they are looked up, null when they cannot be. */
function useReplays(): readonly Replay[] | null | undefined {
  const [replays, setReplays] = useState<readonly Replay[] | null>();
  useEffect(() => {
    const stop = new AbortController();
    fetch('replay/index.json', { signal: stop.signal })
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.statusText))))
      .then((index: { readonly replays?: unknown }) => setReplays(Array.isArray(index.replays) ? index.replays.filter(isReplay) : null))
      .catch(() => {
        if (!stop.signal.aborted) setReplays(null);
      });
    return () => stop.abort();
  }, []);
  return replays;
}

const seedOf = (source: SourceView): string => /^Simulated (\d+)/.exec(source.name)?.[1] ?? '42';

export function SourceChooser({ source, onDone }: { readonly source: SourceView; readonly onDone: () => void }) {
  const actions = useActions();
  const replays = useReplays();
  const current = replays?.find(({ title }) => source.kind === 'replay' && source.name.includes(title))?.name;
  const [chosen, setChosen] = useState<string | null>(null);
  const [seed, setSeed] = useState(seedOf(source));
  const [regime, setRegime] = useState<Regime>('normal');
  const [venue, setVenue] = useState(source.live?.venue ?? 'hyperliquid');
  const [isStandIn, setIsStandIn] = useState(MAY_STAND_IN);
  const selected = chosen ?? current ?? (source.kind === 'none' || source.kind === 'live' ? source.kind : 'simulated');
  const start = (event: FormEvent): void => {
    event.preventDefault();
    const spec: FeedSpec =
      selected === 'none'
        ? { kind: 'none' }
        : selected === 'live'
          ? { kind: 'live', venue, ...(isStandIn ? { isStandIn } : {}) }
          : selected === 'simulated'
            ? { kind: 'simulated', seed: Number(seed), regime, stepMs: STEP_MS }
            : { kind: 'replay', name: selected };
    void actions.setFeed(spec);
    onDone();
  };
  const choice = (value: string, title: string, text: string) => (
    <label key={value} className={styles.choice}>
      <input type="radio" name="source" value={value} checked={selected === value} onChange={() => setChosen(value)} />
      <span>
        <span className={styles.title}>{title}</span>
        <span className={styles.text}>{text}</span>
      </span>
    </label>
  );
  return (
    <form className={styles.form} onSubmit={start}>
      <fieldset className={styles.choices}>
        <legend className={styles.legend}>Prices from</legend>
        {choice('simulated', 'Simulation', 'Seeded: the same seed gives the same prices.')}
        {selected === 'simulated' && (
          <div className={styles.options}>
            <label className={fields.field}>
              Seed
              <input
                className={fields.input}
                type="number"
                min={0}
                step={1}
                required
                value={seed}
                onChange={(event) => setSeed(event.target.value)}
              />
            </label>
            <label className={fields.field}>
              Market
              <select className={fields.input} value={regime} onChange={(event) => setRegime(event.target.value as Regime)}>
                {REGIMES.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          </div>
        )}
        {replays?.map(({ name, title, summary }) => choice(name, `Replay ${title}`, summary))}
        {replays === null && <p className={styles.text}>The list of recordings could not be read.</p>}
        {choice('live', 'Live venue', 'Public prices, without a key; only the request itself is sent.')}
        {selected === 'live' && (
          <div className={styles.options}>
            <label className={fields.field}>
              Venue
              <select className={fields.input} value={venue} onChange={(event) => setVenue(event.target.value)}>
                {Object.entries(STREAM_NAMES).map(([id, name]) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            {MAY_STAND_IN && (
              <label className={styles.choice}>
                <input type="checkbox" checked={isStandIn} onChange={(event) => setIsStandIn(event.target.checked)} />
                <span className={styles.text}>Stand-in on this machine, invented prices</span>
              </label>
            )}
          </div>
        )}
        {choice('none', 'No feed', 'The prices the book itself holds, at rest.')}
      </fieldset>
      <Button look="primary" type="submit">
        Start
      </Button>
    </form>
  );
}
