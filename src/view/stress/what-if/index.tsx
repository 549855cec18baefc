/** What if: a scenario set by sliders, a fall of the past or a link, tried on one account exactly or on all that are open on the desk. */
import { useCallback, useEffect, useState } from 'react';
import { selectAccount, selectDeskBook } from '../../../store/selectors.ts';
import { NO_SCENARIO, type StressScenario, type StressState, type StressWindow } from '../../../store/types.ts';
import { useApp, useAppEvery } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import panel from '../../ui/panel.module.css';
import { useStress, useStressActions } from '../use-stress.ts';
import { AccountResult } from './account-result.tsx';
import { Changes } from './changes.tsx';
import { DeskResult } from './desk-result.tsx';
import { CopyLink, Falls } from './falls.tsx';
import { PegsAndFunding, Sliders } from './sliders.tsx';
import { Tiers } from './tiers.tsx';
import styles from './what-if.module.css';
import { isNothing, marketsOn } from './words.ts';

/** Live prices move the result at most this often. */
const LIVE_MS = 1000;
const selectScope = ({ scope }: StressState) => scope;
const selectScenario = ({ scenario }: StressState) => scenario;
const selectChanges = ({ changes }: StressState) => changes;
const selectLinkFaults = ({ linkFaults }: StressState) => linkFaults;

/** The scenario that the address names is shown, now and whenever the address is changed. */
function useLink(): void {
  const { openLink } = useStressActions();
  useEffect(() => {
    const follow = (): void => {
      const text = /^#stress\/(.+)$/.exec(location.hash)?.[1];
      if (text !== undefined) void openLink(text);
    };
    follow();
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, [openLink]);
}

/** Asks again with every change, one question at a time; of the account also as its prices move. */
function useEvaluation(scenario: StressScenario, window: StressWindow): void {
  const { runLatest, run } = useStressActions();
  const scope = useStress(selectScope);
  const changes = useStress(selectChanges);
  const account = useAppEvery(selectAccount, LIVE_MS);
  const book = useApp(selectDeskBook)?.bookSequence;
  useEffect(() => {
    if (scope === 'account' && account) runLatest({ kind: 'scenario-account', scenario, ...changes });
  }, [scope, scenario, changes, account, runLatest]);
  useEffect(() => {
    if (scope === 'desk' && book !== undefined) runLatest({ kind: 'stress-what-if', scenario, window });
  }, [scope, scenario, window, book, runLatest]);
  // What stands in the engine is as large as the desk: it goes with the page.
  useEffect(
    () => () => {
      if (scope === 'desk') void run({ kind: 'stress-what-if', scenario: null, window: null });
    },
    [scope, run],
  );
}

const FIRST_WINDOW: StressWindow = { only: 'changed', sort: 'marginExcess', falling: false, from: 0, count: 20 };

export function WhatIfPanel() {
  useLink();
  const { setScenario, setChanges, loadCatalog } = useStressActions();
  useEffect(() => void loadCatalog(), [loadCatalog]);
  const scope = useStress(selectScope);
  const scenario = useStress(selectScenario);
  const changes = useStress(selectChanges);
  const linkFaults = useStress(selectLinkFaults);
  const account = useAppEvery(selectAccount, LIVE_MS);
  const book = useApp(selectDeskBook);
  const [window, setWindow] = useState(FIRST_WINDOW);
  /** A step of a path that is played, in place of the whole. */
  const [step, setStep] = useState<StressScenario | null>(null);
  const shown = step ?? scenario;
  useEvaluation(shown, window);
  const change = useCallback(
    (next: Partial<StressScenario>) => {
      setStep(null);
      setScenario({ ...scenario, ...next });
    },
    [scenario, setScenario],
  );
  const hasChanges = changes.edits.length > 0 || changes.transfers.length > 0 || changes.venue !== null;
  const isOn = !isNothing(scenario) || hasChanges;
  const clear = (): void => {
    setStep(null);
    setScenario(NO_SCENARIO);
    setChanges({ edits: [], transfers: [], venue: null });
  };
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby="stress-what-if" data-on={isOn}>
      <div className={panel.head}>
        <h2 id="stress-what-if" className={panel.title}>
          What-if
        </h2>
        <div className={styles.line}>
          <CopyLink />
          {isOn && (
            <Button look="what-if" onClick={clear}>
              Clear the what-if
            </Button>
          )}
        </div>
      </div>
      {linkFaults.length > 0 && (
        <div role="alert" className={styles.fault}>
          <p>The scenario of the link could not be read; what was shown before still stands.</p>
          <FaultList faults={linkFaults} />
        </div>
      )}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Falls onStep={setStep} />
          <Sliders scenario={scenario} markets={marketsOn(scope, account, book, scenario)} onChange={change} />
        </div>
        <div className={styles.column}>{scope === 'account' ? <AccountResult /> : <DeskResult window={window} onWindow={setWindow} />}</div>
      </div>
      <div className={styles.more}>
        <PegsAndFunding scenario={scenario} onChange={change} />
        {scope === 'account' && <Changes />}
        <Tiers scenario={scenario} onChange={change} />
      </div>
    </section>
  );
}
