/** The account itself changed: positions, collateral in, out and across, another margin mode, another venue. */
import { type ReactNode, useState } from 'react';
import { selectAccount } from '../../../store/selectors.ts';
import type { AccountSummary, AccountView, AppState, SingleEdit, StressChanges, StressState } from '../../../store/types.ts';
import { useApp, useAppEvery } from '../../shared/app-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { useStress, useStressActions } from '../use-stress.ts';
import { Field } from './field.tsx';
import styles from './what-if.module.css';
import { negated } from './words.ts';

const LIVE_MS = 1000;
const selectChanges = ({ changes }: StressState) => changes;
const selectCatalog = ({ catalog }: StressState) => catalog;
const selectAccounts = ({ snapshot }: AppState): readonly AccountSummary[] => snapshot?.accounts ?? [];
const selectInstruments = ({ snapshot }: AppState) => snapshot?.instruments ?? null;

export function Changes() {
  const account = useAppEvery(selectAccount, LIVE_MS);
  const changes = useStress(selectChanges);
  const catalog = useStress(selectCatalog);
  const { setChanges } = useStressActions();
  if (!account) return null;
  const venues = (catalog?.venues ?? []).filter(({ id, kind }) => kind === account.kind && id !== account.venue);
  const said = sayChanges(changes);
  return (
    <details className={styles.details}>
      <summary>Changes of the account{said.length > 0 && `: ${said.length}`}</summary>
      <div className={styles.forms}>
        {account.kind === 'perpetual' && <PositionForm account={account} changes={changes} onChange={setChanges} />}
        <CollateralForm account={account} changes={changes} onChange={setChanges} />
        <Choice
          label="Read by the rules of"
          value={changes.venue ?? ''}
          choices={[['', `${account.venueName}, its own`] as const, ...venues.map(({ id, name }) => [id, name] as const)]}
          onValue={(venue) => setChanges({ venue: venue === '' ? null : venue })}
        />
      </div>
      {said.length > 0 && (
        <>
          <ol className={styles.sources} aria-label="Changes tried out">
            {said.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ol>
          <div className={styles.line}>
            <Button disabled={changes.edits.length === 0} onClick={() => setChanges({ edits: changes.edits.slice(0, -1) })}>
              Take back the last position
            </Button>
            <Button disabled={changes.transfers.length === 0} onClick={() => setChanges({ transfers: changes.transfers.slice(0, -1) })}>
              Take back the last transfer
            </Button>
          </div>
        </>
      )}
    </details>
  );
}

const sayEdit = (edit: SingleEdit): string => {
  switch (edit.kind) {
    case 'position-set': {
      const { instrument, ...rest } = edit.position;
      const fields = Object.entries(rest).map(([name, value]) => `${name} ${value === '' ? 'none' : value}`);
      return `${edit.index === null ? 'New position' : 'Position'} ${instrument}: ${fields.join(', ')}`;
    }
    case 'position-remove':
      return `Position ${edit.index + 1} closed`;
    default:
      return edit.kind;
  }
};

/** Positions first, then collateral, as the engine takes them. */
const sayChanges = ({ edits, transfers, venue }: StressChanges): string[] => [
  ...edits.map((edit, i) => `${i + 1}. ${sayEdit(edit)}`),
  ...transfers.map(({ asset, amount, to }, i) =>
    to === null
      ? `Collateral ${i + 1}: ${amount.startsWith('-') ? `${negated(amount)} ${asset} in` : `${amount} ${asset} out`}`
      : `Collateral ${i + 1}: ${amount} ${asset} to ${to}`,
  ),
  ...(venue === null ? [] : [`By the rules of ${venue}`]),
];

interface FormProps {
  readonly account: AccountView;
  readonly changes: StressChanges;
  readonly onChange: (change: Partial<StressChanges>) => void;
}

/** The same position again, at another size or in another mode; or a new one at the mark. */
function PositionForm({ account, changes, onChange }: FormProps): ReactNode {
  const instruments = useApp(selectInstruments);
  const { positions } = account;
  const [at, setAt] = useState(0);
  const [instrument, setInstrument] = useState('');
  const [size, setSize] = useState('');
  const [entry, setEntry] = useState('');
  const [mode, setMode] = useState('');
  const [margin, setMargin] = useState('');
  const isNew = at >= positions.count;
  const named = isNew ? instrument || (instruments?.id[0] ?? '') : (positions.instrument[at] ?? '');
  const put = (): void => {
    const position = {
      instrument: named,
      ...(size.trim() === '' ? {} : { size: size.trim() }),
      ...(entry.trim() === '' ? {} : { entryPrice: entry.trim() }),
      ...(mode === '' && !isNew ? {} : { marginMode: mode || 'cross' }),
      ...(mode === 'isolated' ? { isolatedMargin: margin.trim() } : mode === 'cross' && !isNew ? { isolatedMargin: '' } : {}),
    };
    onChange({ edits: [...changes.edits, { kind: 'position-set', index: isNew ? null : at, position }] });
  };
  return (
    <fieldset className={styles.form}>
      <legend>Position</legend>
      <Choice
        label="Which"
        value={String(at)}
        choices={[
          ...Array.from({ length: positions.count }, (_, i) => [String(i), `${positions.instrument[i]} ${positions.side[i]}`] as const),
          [String(positions.count), 'a new one'] as const,
        ]}
        onValue={(value) => setAt(Number(value))}
      />
      {isNew && instruments && (
        <Choice label="Instrument" value={named} choices={instruments.id.map((id) => [id, id] as const)} onValue={setInstrument} />
      )}
      <Field label="Size, signed" value={size} onValue={setSize} placeholder={isNew ? '' : (positions.size.text[at] ?? '')} />
      <Field label="Entry price" value={entry} onValue={setEntry} placeholder={isNew ? '' : (positions.entryPrice.text[at] ?? '')} />
      <Choice
        label="Margin mode"
        value={mode}
        choices={[
          ['', isNew ? 'cross' : `as it is (${positions.marginMode[at]})`],
          ['cross', 'cross'],
          ['isolated', 'isolated'],
        ]}
        onValue={setMode}
      />
      {mode === 'isolated' && <Field label="Isolated margin" value={margin} onValue={setMargin} />}
      <Button onClick={put} disabled={isNew && (size.trim() === '' || entry.trim() === '')}>
        Try it
      </Button>
      {!isNew && (
        <Button
          onClick={() =>
            onChange({
              edits: [
                ...changes.edits,
                { kind: 'position-set', index: at, position: { instrument: named, size: negated(positions.size.text[at] ?? '') } },
              ],
            })
          }
        >
          Turn it round
        </Button>
      )}
    </fieldset>
  );
}

/** In from outside, out, or to another account of the book. */
function CollateralForm({ account, changes, onChange }: FormProps): ReactNode {
  const accounts = useApp(selectAccounts).filter(({ id }) => id !== account.id);
  const [asset, setAsset] = useState('');
  const [amount, setAmount] = useState('');
  const [way, setWay] = useState('in');
  const assets = account.balances.asset;
  const chosen = asset || assets[0] || 'USDC';
  const put = (): void => {
    const text = amount.trim().replace(/^[-\u2212]/, '');
    const to = way === 'in' || way === 'out' ? null : way.slice(3);
    onChange({ transfers: [...changes.transfers, { asset: chosen, amount: way === 'in' ? negated(text) : text, to }] });
    setAmount('');
  };
  return (
    <fieldset className={styles.form}>
      <legend>Collateral</legend>
      <Choice
        label="Which way"
        value={way}
        choices={[
          ['in', 'deposit'],
          ['out', 'withdraw'],
          ...accounts.map(({ id, label, venue }) => [`to ${id}`, `to ${label || id}, ${venue}`] as const),
        ]}
        onValue={setWay}
      />
      <Choice
        label="Asset"
        value={chosen}
        choices={[...new Set([...assets, chosen])].map((one) => [one, one] as const)}
        onValue={setAsset}
      />
      <Field label="Amount" value={amount} onValue={setAmount} />
      <Button onClick={put} disabled={amount.trim() === ''}>
        Move it
      </Button>
    </fieldset>
  );
}
