/** Falls of the past with their sources, on their way in time, and the scenario as a link. */
import { useEffect, useRef, useState } from 'react';
import { NO_SCENARIO, type ScenarioPreset, type StressScenario, type StressState } from '../../../store/types.ts';
import { useActions } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { useStress, useStressActions } from '../use-stress.ts';
import styles from './what-if.module.css';
import { exactPercent } from './words.ts';

const MINUS = '\u2212';
const STEPS = 40;
const STEP_MS = 150;
const selectCatalog = ({ catalog }: StressState) => catalog;
const selectName = ({ name }: StressState) => name;
const selectScenario = ({ scenario }: StressState) => scenario;

const percentText = (move: string): string => `${String(exactPercent(move)).replace('-', MINUS)} %`;
const dayOf = (text: string): string => text.slice(0, 10);

export function Falls({ onStep }: { readonly onStep: (step: StressScenario | null) => void }) {
  const catalog = useStress(selectCatalog);
  const name = useStress(selectName);
  const { setScenario } = useStressActions();
  const chosen = catalog?.presets.find((preset) => preset.name === name);
  return (
    <div className={styles.group}>
      <div className={styles.line}>
        <Choice
          label="Scenario"
          value={chosen?.id ?? ''}
          choices={[
            ['', name !== '' && !chosen ? name : 'set by hand'] as const,
            ...(catalog?.presets ?? []).map((preset) => [preset.id, `${dayOf(preset.from)} ${preset.name}`] as const),
          ]}
          onValue={(id) => {
            onStep(null);
            const preset = catalog?.presets.find((one) => one.id === id);
            setScenario(preset?.scenario ?? NO_SCENARIO, preset?.name ?? '');
          }}
        />
      </div>
      {chosen && <Sources preset={chosen} />}
      <Path key={name} onStep={onStep} replay={chosen?.replay ?? null} />
    </div>
  );
}

/** What the fall was, and where that is known from. */
function Sources({ preset }: { readonly preset: ScenarioPreset }) {
  const { scenario, from, to, note, quality, sources } = preset;
  const moves = Object.entries(scenario.moves);
  return (
    <details className={styles.details}>
      <summary>
        {dayOf(from)} to {dayOf(to)}: {moves.length} markets{scenario.pegs.length > 0 && ', marks of collateral by venue'},{' '}
        {sources.length === 0 ? 'from price bars alone' : `${sources.length} ${sources.length === 1 ? 'source' : 'sources'}`}
      </summary>
      {note !== '' && <p>{note}</p>}
      <p>
        {moves.map(([market, move]) => `${market} ${percentText(move)}`).join(', ')}. Each from its highest price to a later low in the
        window, Binance spot: they did not fall at one instant.
      </p>
      {scenario.pegs.length > 0 && (
        <p>
          {scenario.pegs.map(({ asset, venue, move }) => `${asset}${venue === null ? '' : ` on ${venue}`} ${percentText(move)}`).join(', ')}
          .
        </p>
      )}
      <p>Quality: {quality}.</p>
      <ul className={styles.sources} hidden={sources.length === 0}>
        {sources.map((source) => (
          <li key={source}>
            <a href={source} target="_blank" rel="noreferrer">
              {source}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The scenario step by step; where its day was recorded, the recording itself. */
function Path({ onStep, replay }: { readonly onStep: (step: StressScenario | null) => void; readonly replay: string | null }) {
  const scenario = useStress(selectScenario);
  const { ask } = useStressActions();
  const actions = useActions();
  const [path, setPath] = useState<{ readonly of: StressScenario; readonly steps: readonly StressScenario[] } | null>(null);
  const [at, setAt] = useState(STEPS);
  const [isPlaying, setIsPlaying] = useState(false);
  const newest = useRef(onStep);
  newest.current = onStep;
  const steps = path?.of === scenario ? path.steps : null;
  useEffect(() => {
    if (!isPlaying || !steps) return;
    const timer = setInterval(() => setAt((now) => Math.min(STEPS, now + 1)), STEP_MS);
    return () => clearInterval(timer);
  }, [isPlaying, steps]);
  useEffect(() => {
    if (at === STEPS) setIsPlaying(false);
    newest.current(steps && at < STEPS ? (steps[at] ?? null) : null);
  }, [at, steps]);
  const show = async (next: number): Promise<void> => {
    if (!steps) {
      const answer = await ask({ kind: 'scenario-path', scenario, steps: STEPS });
      if (!answer.ok) return;
      setPath({ of: scenario, steps: answer.value.scenarios });
    }
    setAt(next);
  };
  const play = (): void => {
    if (isPlaying) setIsPlaying(false);
    else void show(at === STEPS || !steps ? 0 : at).then(() => setIsPlaying(true));
  };
  const share = steps ? Math.round((at * 100) / STEPS) : 100;
  return (
    <div className={styles.line}>
      <Button onClick={play}>{isPlaying ? 'Hold' : 'Play as a path'}</Button>
      <input
        type="range"
        className={styles.range}
        aria-label="Share of the way"
        aria-valuetext={`${share} percent of the way`}
        min={0}
        max={STEPS}
        value={steps ? at : STEPS}
        onChange={({ target }) => void show(target.valueAsNumber)}
      />
      <span className={styles.share}>{share} % of the way</span>
      <span className={styles.note}>A made-up path: constant rate, every market at once, no bounce.</span>
      {replay !== null && (
        <Button
          onClick={() => void actions.setFeed({ kind: 'replay', name: replay })}
          title="The prices of the page become those of that day"
        >
          Replay the recorded prices
        </Button>
      )}
    </div>
  );
}

/** The link stands in the address too; without a clipboard it is there to be copied by hand. */
export function CopyLink() {
  const { link } = useStressActions();
  const scenario = useStress(selectScenario);
  const [said, setSaid] = useState<{
    readonly of: StressScenario;
    readonly text: string;
    readonly faults: readonly { pointer: string; message: string }[];
  } | null>(null);
  const copy = async (): Promise<void> => {
    const answer = await link();
    if (!answer.ok) {
      setSaid({ of: scenario, text: '', faults: answer.faults });
      return;
    }
    const url = `${location.origin}${location.pathname}#stress/${answer.value}`;
    history.replaceState(null, '', `${location.pathname}${location.search}#stress/${answer.value}`);
    const text = await navigator.clipboard.writeText(url).then(
      () => 'Copied.',
      () => 'The link is in the address.',
    );
    setSaid({ of: scenario, text, faults: [] });
  };
  const current = said?.of === scenario ? said : null;
  const hasMore = Object.keys(scenario.tiers).length > 0;
  return (
    <div className={styles.copy}>
      <Button onClick={() => void copy()} title="Prices only: no account, no change of one, no margin table">
        Copy link
      </Button>
      <span role="status" className={styles.note}>
        {current?.text} {current?.text && hasMore && 'Margin tables are not in it.'}
      </span>
      {current && current.faults.length > 0 && <FaultList faults={current.faults} />}
    </div>
  );
}
