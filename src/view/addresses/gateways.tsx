/** Servers of the user's own in place of a venue's: looked at, confirmed in a dialog that says what it means, and given up again. */
import { type FormEvent, useId, useState } from 'react';
import { GATEWAY_TARGETS } from '../../domain/account-sources.ts';
import { gatewayFault, gatewayWarning } from '../../domain/gateway.ts';
import type { AddressesState } from '../../store/types.ts';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import fields from '../ui/fields.module.css';
import styles from './gateways.module.css';
import { useAddresses, useAddressesActions } from './use-addresses.ts';

const selectGateways = ({ gateways }: AddressesState) => gateways;

const targetName = (key: string): string => GATEWAY_TARGETS.find((target) => target.key === key)?.name ?? key;

/** `https://api.hyperliquid.xyz` is that host, a chain all of its servers. */
const inPlaceOf = (key: string): string =>
  key.startsWith('chain:') ? `the public servers of ${targetName(key)}` : key.replace(/^\w+:\/\//, '');

export function Gateways() {
  const gateways = useAddresses(selectGateways);
  const { setGateway } = useAddressesActions();
  const own = Object.entries(gateways);
  return (
    <details className={styles.gateways}>
      <summary>Own servers{own.length > 0 && `: ${own.length}`}</summary>
      <p className={fields.hint}>A server of your own, or one you trust, can be asked in place of a venue’s.</p>
      {own.length > 0 && (
        <ul className={styles.list} aria-label="Own servers">
          {own.map(([key, url]) => (
            <li key={key} className={styles.row}>
              <span className={styles.name}>{targetName(key)}</span>
              <code className={styles.url}>{url}</code>
              <Button onClick={() => setGateway(key, null)} aria-label={`Remove the server for ${targetName(key)}`}>
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <GatewayForm />
    </details>
  );
}

function GatewayForm() {
  const { setGateway } = useAddressesActions();
  const [key, setKey] = useState(GATEWAY_TARGETS[0]?.key ?? '');
  const [url, setUrl] = useState('');
  const [fault, setFault] = useState('');
  const [isAsked, setIsAsked] = useState(false);
  const urlId = useId();
  const faultId = useId();
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    const why = gatewayFault(url.trim());
    setFault(why);
    setIsAsked(why === '');
  };
  const accept = (): void => {
    const why = setGateway(key, url.trim());
    setFault(why);
    setIsAsked(false);
    if (why === '') setUrl('');
  };
  return (
    <>
      <form className={styles.form} onSubmit={ask} noValidate>
        <Choice
          label="In place of"
          value={key}
          choices={GATEWAY_TARGETS.map((target) => [target.key, target.name] as const)}
          onValue={setKey}
        />
        <div className={fields.field}>
          <label htmlFor={urlId}>Address of the server</label>
          <input
            id={urlId}
            className={fields.input}
            type="url"
            value={url}
            placeholder="https://rpc.example.org"
            autoComplete="off"
            spellCheck={false}
            aria-invalid={fault !== ''}
            aria-describedby={fault === '' ? undefined : faultId}
            onChange={({ target }) => {
              setUrl(target.value);
              setFault('');
            }}
          />
        </div>
        <Button type="submit">Use it…</Button>
      </form>
      <p id={faultId} role="status" className={fields.error}>
        {fault}
      </p>
      {isAsked && <Confirm target={key} url={url.trim()} onAccept={accept} onClose={() => setIsAsked(false)} />}
    </>
  );
}

interface ConfirmProps {
  readonly target: string;
  readonly url: string;
  readonly onAccept: () => void;
  readonly onClose: () => void;
}

function Confirm({ target, url, onAccept, onClose }: ConfirmProps) {
  const warning = gatewayWarning(url);
  return (
    <Dialog title={`Ask this server for ${targetName(target)}?`} onClose={onClose}>
      <p className={styles.ask}>
        <code className={styles.url}>{url}</code>
      </p>
      <ul className={styles.means}>
        <li>It is asked in place of {inPlaceOf(target)}, from now on and after every reload, until you remove it.</li>
        <li>It sees every address of the list that is read there, when, and from where on the network.</li>
        <li>What it answers is what is shown: a server that is wrong, or wants to deceive, shows wrong figures here.</li>
        <li>
          Besides servers of this machine the page reaches only those that its host allows (PLIMSOLL_GATEWAYS): with another one the reading
          is refused, and says so.
        </li>
        {warning !== '' && <li className={styles.warning}>{warning}</li>}
      </ul>
      <div className={fields.actions}>
        <Button onClick={onClose} data-first-focus="">
          Do not use it
        </Button>
        <Button look="primary" onClick={onAccept}>
          Use this server
        </Button>
      </div>
    </Dialog>
  );
}
