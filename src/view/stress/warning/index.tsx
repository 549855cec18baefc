/** Early warning: R of the loaded book as prices move, who carries it, what would lower it; s*, crowding, and what falls in the tail. */
import { useEffect, useState } from 'react';
import { selectDeskBook, selectDeskProgress } from '../../../store/selectors.ts';
import type { AppState, DeskBook, StressDepth, StressRequest, StressResult, StressState, StressTask } from '../../../store/types.ts';
import { formatCount, formatShort } from '../../desk/money.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import panel from '../../ui/panel.module.css';
import { StateShape } from '../../ui/state-shape.tsx';
import { DepthFields } from '../depth-fields.tsx';
import { type DepthForm, depthOf, FIRST_DEPTH } from '../depth-form.ts';
import { gainText, shareText } from '../figures.ts';
import { useStress, useStressActions } from '../use-stress.ts';
import { AtRisk } from './at-risk.tsx';
import { Critical } from './critical.tsx';
import { History } from './history.tsx';
import { Scroll } from './scroll.tsx';
import styles from './warning.module.css';

type Watch = StressResult<'stress-watch'>;
const selectTask = ({ tasks }: StressState): StressTask<'stress-watch'> => tasks['stress-watch'];
const selectMeasured = ({ measured }: StressState) => measured;
const selectHasBook = (state: AppState): boolean => (state.snapshot?.account ?? null) !== null;

const TARGET = 0.8;
const FALLS = [
  ['0.01', '1 %'],
  ['0.02', '2 %'],
  ['0.05', '5 %'],
  ['0.1', '10 %'],
] as const;

export function WarningPanel() {
  const book = useApp(selectDeskBook);
  const isOpening = useApp(selectDeskProgress) !== null;
  const hasBook = useApp(selectHasBook);
  const { desk } = useActions();
  // Nothing is open on the desk: the margin page's book is what is loaded.
  const isWanted = book === null && hasBook && !isOpening;
  useEffect(() => {
    if (isWanted) void desk.openBook();
  }, [isWanted, desk]);
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-labelledby="stress-warning-title">
      <h2 className={panel.title} id="stress-warning-title">
        Early warning
      </h2>
      <p className={styles.note}>
        R is the gain of the loop in the loaded book: how much forced selling a dollar of forced selling would bring, were every price to
        fall by h in this depth. Below 1 it dies out, at 1 and above it feeds itself until the crowd is gone. It is not a forecast of a
        crash: it knows neither what starts one nor anybody who is not loaded, and depth is an assumption.
      </p>
      {book ? (
        <Warning key={book.bookSequence} book={book} />
      ) : (
        <p className={styles.note}>{hasBook ? 'Opening the loaded book…' : 'Nothing is loaded.'}</p>
      )}
    </section>
  );
}

function Warning({ book }: { readonly book: DeskBook }) {
  const { run, cancel } = useStressActions();
  const task = useStress(selectTask);
  const [form, setForm] = useState<DepthForm>(FIRST_DEPTH);
  const [fall, setFall] = useState('0.05');
  const result = task.result?.bookSequence === book.bookSequence ? task.result : null;
  const depth = depthOf(form);
  const watch = (nextForm: DepthForm, nextFall: string): void => {
    const at = depthOf(nextForm);
    if (!at) return;
    const request: StressRequest<'stress-watch'> = { kind: 'stress-watch', depth: at, fall: Number(nextFall), target: TARGET };
    void run(request);
  };
  const isStanding = task.isRunning && result !== null;
  // It goes on when the page is left: the alarms go by it. Another book begins it anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each book
  useEffect(() => {
    if (!isStanding) watch(form, fall);
  }, [book.bookSequence]);
  return (
    <>
      <p>
        {book.name}: {formatCount(book.count)} {book.count === 1 ? 'account' : 'accounts'}.
      </p>
      <div className={styles.fields}>
        <Choice
          label="Fall of each price, h"
          value={fall}
          choices={FALLS}
          onValue={(next) => {
            setFall(next);
            watch(form, next);
          }}
        />
        <DepthFields
          form={form}
          onForm={(next) => {
            setForm(next);
            watch(next, fall);
          }}
        />
      </div>
      <div className={styles.buttons}>
        {task.isRunning ? (
          <Button onClick={() => void cancel('stress-watch')}>Stop watching R</Button>
        ) : (
          <Button look="primary" onClick={() => watch(form, fall)}>
            Watch R
          </Button>
        )}
        <span className={styles.state}>
          {task.isRunning
            ? 'Measured as prices move, once a second at most. Alarms at 0.5, 0.8 and 1 go by it, also when this page is left.'
            : ''}
        </span>
      </div>
      {task.faults.length > 0 && <FaultList faults={task.faults} />}
      {result && <Reproduction result={result} fall={fall} />}
      {depth && <Others book={book} depth={depth} />}
    </>
  );
}

function Others({ depth, book }: { readonly depth: StressDepth; readonly book: DeskBook }) {
  return (
    <div className={styles.columns}>
      <Critical depth={depth} book={book} />
      <AtRisk book={book} />
    </div>
  );
}

const levelOf = (reproduction: number) => {
  if (reproduction >= 1) return { state: 'margin-call', text: 'feeds itself: a fall would not stop by itself' } as const;
  if (reproduction >= 0.8) return { state: 'warning', text: 'near 1: a fall comes to more than five times itself' } as const;
  if (reproduction >= 0.5) return { state: 'watch', text: 'a fall comes to more than twice itself' } as const;
  return { state: 'healthy', text: 'what is forced dies out' } as const;
};

function Reproduction({ result, fall }: { readonly result: Watch; readonly fall: string }) {
  const measured = useStress(selectMeasured);
  const { state, text } = levelOf(result.reproduction);
  return (
    <>
      <p className={styles.big} data-reproduction={result.reproduction} data-clock={result.clockMs}>
        <strong>R {gainText(result.reproduction)}</strong>
        <span>
          <StateShape state={state} /> {text} (h {Number(fall) * 100} %)
        </span>
      </p>
      <History measured={measured} />
      {measured.length > 1 && (
        <p className={styles.note}>R over {formatCount(measured.length)} measurements; lines at 0.5, 0.8 and 1, where the alarms stand.</p>
      )}
      <div className={styles.columns}>
        <Markets result={result} />
        <Carriers result={result} />
        <Lever result={result} />
      </div>
      {result.aside > 0 && <p className={styles.note}>{formatCount(result.aside)} pools of which nothing can be said are left out.</p>}
    </>
  );
}

const MARKETS_MAX = 10;

const vectorText = (share: number): string => (Number.isNaN(share) ? 'none' : shareText(share));

/** What R loses, to four places. */
const changeText = (change: number): string => (Math.abs(change) < 5e-5 ? '0' : change.toFixed(4).replace('-', '\u2212'));

function Markets({ result }: { readonly result: Watch }) {
  const { markets, own, falling, dangerous } = result;
  const rows = markets
    .map((market, i) => ({ market, own: own[i]!, falling: falling[i]!, dangerous: dangerous[i]! }))
    .filter((row) => row.own !== 0 || row.falling > 0 || row.dangerous > 0)
    .sort((a, b) => (Number.isNaN(b.dangerous) ? Math.abs(b.own) - Math.abs(a.own) : b.dangerous - a.dangerous))
    .slice(0, MARKETS_MAX);
  return (
    <section className={styles.part} aria-label="R by market">
      <h3>By market</h3>
      {rows.length === 0 ? (
        <p className={styles.note}>No fall of this size forces anybody.</p>
      ) : (
        <Scroll>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Market</th>
                <th scope="col" data-number>
                  Own loop
                </th>
                <th scope="col" data-number>
                  Falls along
                </th>
                <th scope="col" data-number>
                  Danger
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.market}>
                  <th scope="row">{row.market}</th>
                  <td data-number>{gainText(row.own)}</td>
                  <td data-number>{vectorText(row.falling)}</td>
                  <td data-number>{vectorText(row.dangerous)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <p className={styles.note}>
        Own loop: R of this market alone. Falls along: which prices fall together. Danger: whose fall forces most. Shares of one; none where
        covering of shorts gives gains of both signs.
      </p>
    </section>
  );
}

function AccountLink({ id, label }: { readonly id: string; readonly label: string }) {
  const { desk } = useActions();
  return (
    <button
      type="button"
      className={styles.link}
      aria-label={`Show ${label || id} on the margin page`}
      onClick={() =>
        void desk.openRow(id).then((answer) => {
          if (answer.ok) globalThis.location.hash = '';
        })
      }
    >
      {label || id}
    </button>
  );
}

function Carriers({ result }: { readonly result: Watch }) {
  return (
    <section className={styles.part} aria-label="Accounts that carry R">
      <h3>Who carries it</h3>
      {result.carriers.length === 0 ? (
        <p className={styles.note}>Nobody.</p>
      ) : (
        <Scroll>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Account</th>
                <th scope="col" data-number>
                  R without it falls by
                </th>
                <th scope="col" data-number>
                  Top-up, USD
                </th>
              </tr>
            </thead>
            <tbody>
              {result.carriers.map(({ id, label, lowers, topUp }) => (
                <tr key={id}>
                  <th scope="row">
                    <AccountLink id={id} label={label} />
                  </th>
                  <td data-number>{changeText(lowers)}</td>
                  <td data-number>{formatShort(topUp, 'ceil')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <p className={styles.note}>Top-up: what keeps the account out of every fall that is counted.</p>
    </section>
  );
}

const LEVER_SHOWN = 10;

function Lever({ result: { lever, reproduction } }: { readonly result: Watch }) {
  return (
    <section className={styles.part} aria-label="The lever">
      <h3>The lever</h3>
      {lever ? (
        <>
          <p className={styles.finding}>
            {formatShort(lever.dollars, 'ceil')} USD of top-up, or {formatShort(lever.reduction, 'ceil')} USD of positions reduced, bring R
            to {gainText(lever.reached)}.
          </p>
          <Scroll>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Where</th>
                  <th scope="col" data-number>
                    Top-up, USD
                  </th>
                </tr>
              </thead>
              <tbody>
                {lever.accounts.slice(0, LEVER_SHOWN).map(({ id, label, topUp }) => (
                  <tr key={id}>
                    <th scope="row">
                      <AccountLink id={id} label={label} />
                    </th>
                    <td data-number>{formatShort(topUp, 'ceil')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {lever.accounts.length > LEVER_SHOWN && (
            <p className={styles.note}>And {formatCount(lever.accounts.length - LEVER_SHOWN)} more.</p>
          )}
          <p className={styles.note}>
            Found greedily: the fewest dollars may be fewer. Reduction: closing these accounts’ positions whole.
          </p>
        </>
      ) : (
        <p className={styles.note}>{reproduction < TARGET ? `R is below ${TARGET}: nothing is needed.` : 'No top-up brings it there.'}</p>
      )}
    </section>
  );
}
