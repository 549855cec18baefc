/** s*, the smallest move that starts a cascade of its own, and what the crowd does to the account that is shown. */
import { useEffect, useState } from 'react';
import { selectAccount } from '../../../store/selectors.ts';
import type { AppState, DeskBook, StressDepth, StressState, StressTask } from '../../../store/types.ts';
import { shortReason } from '../../format/words.ts';
import { useApp } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import { chanceText, moveText, shareText, sigmaText } from '../figures.ts';
import { useStress, useStressActions } from '../use-stress.ts';
import styles from './warning.module.css';

const selectCritical = ({ tasks }: StressState): StressTask<'stress-critical'> => tasks['stress-critical'];
const selectCrowding = ({ tasks }: StressState): StressTask<'stress-crowding'> => tasks['stress-crowding'];
const selectId = (state: AppState): string => selectAccount(state)?.id ?? '';
const selectName = (state: AppState): string => selectAccount(state)?.label || selectId(state);

interface CriticalProps {
  readonly depth: StressDepth;
  readonly book: DeskBook;
}

export function Critical({ depth, book }: CriticalProps) {
  const { run, cancel } = useStressActions();
  const task = useStress(selectCritical);
  const crowding = useStress(selectCrowding);
  const account = useApp(selectId);
  const name = useApp(selectName);
  // What was found in another depth is no answer in this one.
  const [asked, setAsked] = useState<StressDepth | null>(null);
  useEffect(
    () => () => {
      void cancel('stress-critical');
      void cancel('stress-crowding');
    },
    [cancel],
  );
  const isSame = asked !== null && JSON.stringify(asked) === JSON.stringify(depth);
  const found = isSame && task.result?.bookSequence === book.bookSequence ? task.result : null;
  const crowd =
    isSame && crowding.result?.bookSequence === book.bookSequence && crowding.result.account === account ? crowding.result : null;
  const isRunning = task.isRunning || crowding.isRunning;
  const ask = (): void => {
    setAsked(depth);
    void run({ kind: 'stress-critical', depth, blend: 0 });
    if (account !== '') void run({ kind: 'stress-crowding', account, depth, blend: 0 });
  };
  const stop = (): void => {
    void cancel('stress-critical');
    void cancel('stress-crowding');
  };
  return (
    <section className={styles.part} aria-label="Critical shock and crowding">
      <h3>What would start it, and what the crowd does</h3>
      <div className={styles.buttons}>
        <Button look="primary" onClick={ask}>
          Find the critical shock
        </Button>
        {isRunning && <Button onClick={stop}>Stop</Button>}
        <span className={styles.state} role="status">
          {isRunning ? 'Playing cascades…' : ''}
        </span>
      </div>
      {[...task.faults, ...crowding.faults].length > 0 && <FaultList faults={[...task.faults, ...crowding.faults]} />}
      {found && (
        <p className={styles.finding} data-critical={found.critical.ok ? found.critical.value.move : found.critical.reason}>
          {found.critical.ok
            ? `s* ${moveText(found.critical.value.move)} of ${found.reference}, the others by beta: ${sigmaText(found.critical.value.sigmas)} away, ${chanceText(found.critical.value.probability24h)} within 24 h. ${found.critical.value.market} goes first.`
            : 'No fall of up to 50 % starts a cascade of its own.'}
        </p>
      )}
      {crowd && (
        <p className={styles.finding} data-crowding={crowd.crowded.ok ? crowd.crowded.value.distance : crowd.crowded.reason}>
          {crowd.own.ok ? `${name}: ${sigmaText(crowd.own.value)} away by itself` : `${name}: ${shortReason(crowd.own.reason)}`}
          {crowd.own.ok && crowd.crowded.ok
            ? `, ${sigmaText(crowd.crowded.value.distance)} once everybody else’s liquidations are counted: at ${shareText(crowd.crowded.value.share)} of its own shortest shock.`
            : ''}
          {crowd.own.ok && !crowd.crowded.ok ? `; with everybody else’s liquidations: ${shortReason(crowd.crowded.reason)}.` : ''}
        </p>
      )}
      <p className={styles.note}>
        s* is the smallest move of the whole market after which prices go on by as much again. Crowding is looked for along the account’s
        own shortest shock; another direction may be shorter still.
      </p>
    </section>
  );
}
