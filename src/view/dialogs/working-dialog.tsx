/** The working behind one number: formula, the values in it, tier row, price and its time, rounding, sources. */
import { useEffect, useState } from 'react';
import { selectPositions, selectTimeZone } from '../../store/selectors.ts';
import type { Fault, WorkingView } from '../../store/types.ts';
import { formatExact } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import { longReason, shortReason } from '../format/words.ts';
import { FIGURES, type PoolFigureName } from '../margin/figures.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { FaultList } from '../shared/fault-list.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './working-dialog.module.css';

interface WorkingDialogProps {
  readonly figure: string;
  readonly pool: string | undefined;
  readonly position: number | undefined;
  readonly onClose: () => void;
}

/** Figures of a position, in the order in which they build on each other. */
const OF_POSITION = [
  ['liquidationPrice', 'Liquidation price'],
  ['liquidationDistance', 'Distance'],
  ['bankruptcyPrice', 'Bankruptcy price'],
  ['notional', 'Notional'],
  ['unrealizedPnl', 'Unrealized profit'],
  ['initialMargin', 'Initial margin'],
  ['maintenanceMargin', 'Maintenance margin'],
] as const;

type Answer = { readonly working: WorkingView } | { readonly faults: readonly Fault[] };

/** Asks the engine once for each figure: the working holds the values of that moment, and stays still while it is read. */
function useWorking(figure: string, pool: string | undefined, position: number | undefined, round: number): Answer | null {
  const actions = useActions();
  const [answer, setAnswer] = useState<Answer | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: round asks again for the same figure
  useEffect(() => {
    let isWanted = true;
    const at = { ...(pool === undefined ? {} : { pool }), ...(position === undefined ? {} : { position }) };
    void actions.explain(figure, at).then((reply) => {
      if (isWanted) setAnswer(reply.ok ? { working: reply.value } : { faults: reply.faults });
    });
    return () => {
      isWanted = false;
    };
  }, [actions, figure, pool, position, round]);
  return answer;
}

const textOf = (text: string, reason: string): string => (reason === '' ? formatExact(text) : shortReason(reason));

/** Cut, not rounded, and marked where it is: the whole number stands below. */
const shortened = (text: string): string => formatExact(text.replace(/(\.\d{8})\d+$/, '$1')) + (/\.\d{9}/.test(text) ? '…' : '');

function Terms({ working }: { readonly working: WorkingView }) {
  const zone = useApp(selectTimeZone);
  return (
    // A region that scrolls must be reachable from the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={styles.scroll} aria-label="Values in the formula" tabIndex={0}>
      <table className={styles.terms}>
        <thead>
          <tr>
            <th scope="col">Symbol</th>
            <th scope="col">What</th>
            <th scope="col">Value</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {working.terms.map((term, index) => (
            // Terms never move; a symbol may stand for several positions.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={index}>
              <th scope="row">{term.symbol}</th>
              <td>{term.name}</td>
              <td className={styles.value} title={term.reason === '' ? undefined : longReason(term.reason)}>
                {textOf(term.text, term.reason)} <span className={styles.unit}>{term.unit}</span>
              </td>
              <td>
                {term.origin}
                {term.at && <span className={styles.unit}> at {formatInstant(Date.parse(term.at), zone)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Working({ working }: { readonly working: WorkingView }) {
  return (
    <>
      <p className={styles.formula}>{working.formula}</p>
      <p className={styles.result}>
        <span className={styles.unit}>=</span> {working.reason === '' ? shortened(working.text) : shortReason(working.reason)}
        {working.reason !== '' && <span className={styles.exact}>{longReason(working.reason)}</span>}
        {/\.\d{9}/.test(working.text) && <span className={styles.exact}>{formatExact(working.text)}</span>}
      </p>
      <Terms working={working} />
      <dl className={styles.notes}>
        {working.tier && (
          <>
            <dt>Margin table row</dt>
            <dd>{working.tier}</dd>
          </>
        )}
        <dt>Rounding</dt>
        <dd>{working.rounding}</dd>
        <dt>Rule</dt>
        <dd>{working.rule}</dd>
        {working.sources.length > 0 && (
          <>
            <dt>Sources</dt>
            {working.sources.map((source) => (
              <dd key={source}>{source}</dd>
            ))}
          </>
        )}
      </dl>
    </>
  );
}

const nameOf = (figure: string, isPosition: boolean): string => {
  if (isPosition) return OF_POSITION.find(([id]) => id === figure)?.[1] ?? figure;
  return Object.hasOwn(FIGURES, figure) ? FIGURES[figure as PoolFigureName].label : figure;
};

export function WorkingDialog({ figure, pool, position, onClose }: WorkingDialogProps) {
  const positions = useApp(selectPositions);
  const [shown, setShown] = useState(figure);
  const [round, setRound] = useState(0);
  const answer = useWorking(shown, pool, position, round);
  const of = position === undefined ? (pool ?? '') : `${positions?.instrument[position] ?? ''} ${positions?.side[position] ?? ''}`;
  return (
    <Dialog title={`${nameOf(shown, position !== undefined)}${of ? ` of ${of}` : ''}: working`} width="wide" onClose={onClose}>
      {position !== undefined && (
        <fieldset className={styles.figures}>
          <legend className={styles.unit}>Figure of this position</legend>
          {OF_POSITION.map(([id, label]) => (
            <Button key={id} aria-pressed={id === shown} onClick={() => setShown(id)}>
              {label}
            </Button>
          ))}
        </fieldset>
      )}
      {answer === null && <p>Working it out…</p>}
      {answer && 'faults' in answer && <FaultList faults={answer.faults} />}
      {answer && 'working' in answer && <Working working={answer.working} />}
      <div className={styles.actions}>
        {answer && 'working' in answer && (
          <Button onClick={() => void navigator.clipboard.writeText(JSON.stringify(answer.working, null, 2))}>Copy as JSON</Button>
        )}
        <Button onClick={() => setRound(round + 1)}>At the prices now</Button>
      </div>
    </Dialog>
  );
}
