/** What the page shows, its keys, and the choices that have no other place. */
import { selectPalette, selectShortcuts } from '../../store/selectors.ts';
import type { ProfitPalette, RiskState } from '../../store/types.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { SHORTCUTS } from '../shell/shortcuts.ts';
import { Dialog } from '../ui/dialog.tsx';
import fields from '../ui/fields.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './help-dialog.module.css';

const STATES = [
  ['healthy', 'Healthy', 'Room to the first mark'],
  ['watch', 'Watch', 'Past the first mark on the hull'],
  ['warning', 'Warning', 'Half and more of the equity is taken up'],
  ['margin-call', 'Margin call', 'Close to the edge: add collateral or reduce'],
  ['liquidation', 'Liquidation', 'The venue may close positions now'],
  ['bankrupt', 'Bankrupt', 'Losses are larger than the collateral'],
  ['stale', 'Stale', 'A price behind it is too old to trust'],
  ['indeterminate', 'Not known', 'Something it depends on is missing'],
] as const satisfies readonly (readonly [RiskState, string, string])[];

const PALETTES = [
  ['green-up', 'Profit green, loss red'],
  ['red-up', 'Profit red, loss green'],
  ['blue-orange', 'Profit blue, loss orange'],
] as const satisfies readonly (readonly [ProfitPalette, string])[];

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const actions = useActions();
  const areOn = useApp(selectShortcuts);
  const palette = useApp(selectPalette);
  return (
    <Dialog title="Help" width="wide" onClose={onClose}>
      <p className={styles.text}>
        The ship is the account. Her draught is the margin ratio: maintenance margin ÷ equity. The marks on her side are where the state
        changes; at 1 the sea reaches the deck and the venue liquidates. What is left above the water is the buffer. Figures are estimates
        by the venue’s published rules, not advice.
      </p>
      <div className={styles.columns}>
        <section aria-labelledby="help-states">
          <h3 id="help-states">States</h3>
          <dl className={styles.states}>
            {STATES.map(([state, word, text]) => (
              <div key={state} data-state={state}>
                <dt>
                  <StateShape state={state} /> {word}
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section aria-labelledby="help-keys">
          <h3 id="help-keys">Keys</h3>
          <dl className={styles.keys}>
            {SHORTCUTS.map(({ key, does }) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
            <div>
              <dt>
                <kbd>Esc</kbd>
              </dt>
              <dd>Close; leave the what-if</dd>
            </div>
          </dl>
          <label className={styles.check}>
            <input type="checkbox" checked={areOn} onChange={(event) => actions.changeSettings({ shortcuts: event.target.checked })} />
            Single letters act as keys
          </label>
        </section>
      </div>
      <label className={fields.field}>
        Colours of profit and loss
        <select
          className={fields.input}
          value={palette}
          onChange={(event) => actions.changeSettings({ palette: event.target.value as ProfitPalette })}
        >
          {PALETTES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </Dialog>
  );
}
