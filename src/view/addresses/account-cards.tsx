/** Accounts on a narrow screen: a card each, and never less than distance, ratio and both liquidation prices. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { STATE_WORDS } from '../format/words.ts';
import { FIGURES, figureText } from '../margin/figures.ts';
import { DistanceBar } from '../margin/positions/distance-bar.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import { AccountDetail } from './account-detail.tsx';
import styles from './accounts.module.css';
import { AccountAge, AccountName } from './accounts-table.tsx';
import { distanceText, isApart, ourLine, theirLine, usedText } from './columns.ts';
import { CopyButton } from './copy-button.tsx';
import { Figure } from './figure.tsx';
import type { ShownAccount } from './rows.ts';
import { agreementOf } from './words.ts';

interface CardsProps {
  readonly rows: readonly ShownAccount[];
  readonly open: string | null;
  readonly onOpen: (account: string | null) => void;
}

export function AccountCards({ rows, open, onOpen }: CardsProps) {
  return (
    <ul className={styles.cards} aria-label="Accounts">
      {rows.map((shown) => {
        const isOpen = open === shown.row.account;
        return <Card key={shown.row.account} shown={shown} isOpen={isOpen} onOpen={() => onOpen(isOpen ? null : shown.row.account)} />;
      })}
    </ul>
  );
}

interface CardProps {
  readonly shown: ShownAccount;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function Card({ shown, isOpen, onOpen }: CardProps) {
  const { row, beside } = shown;
  const isStale = beside.stale !== '';
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const agreement = agreementOf(row);
  return (
    <li className={styles.card} data-quality={isStale ? 'stale' : undefined}>
      <div className={styles.cardHead}>
        <button
          type="button"
          className={styles.open}
          aria-expanded={isOpen}
          aria-label={`${isOpen ? 'Close' : 'Open'} ${beside.name}, ${row.venueName}`}
          onClick={onOpen}
        >
          <Chevron size={16} aria-hidden="true" />
          <AccountName shown={shown} />
        </button>
        <CopyButton text={row.address} what={`the address of ${beside.name}`} />
        <span className={styles.cardState} data-state={row.riskState}>
          <StateShape state={row.riskState} size={11} /> {STATE_WORDS[row.riskState]}
        </span>
      </div>
      <p className={styles.cardVenue}>
        {row.venueName}, <AccountAge beside={beside} />
      </p>
      {row.uniformShock.reason === '' && <DistanceBar distance={Math.abs(row.uniformShock.value)} />}
      <dl className={styles.facts}>
        <Fact name="Distance" isStrong>
          <Figure text={distanceText(row)} isStale={isStale} />
        </Fact>
        <Fact name={row.kind === 'lending' ? 'Health factor' : 'Margin ratio'} isStrong>
          <Figure text={usedText(row)} isStale={isStale} />
        </Fact>
        <Fact name={`Equity, ${row.unit}`} isStrong>
          <Figure text={figureText(FIGURES.equity, row.equity)} isStale={isStale} />
        </Fact>
        <Fact name="Liquidation, ours" isApart={isApart(row)}>
          <Figure text={ourLine(row)} isStale={isStale} />
        </Fact>
        <Fact name="Venue’s own" isApart={isApart(row)}>
          <Figure text={theirLine(row)} isStale={isStale} />
        </Fact>
        <Fact name="Nearest">{row.nearest?.instrument ?? 'none'}</Fact>
        <Fact name="Leverage">
          <Figure text={figureText(FIGURES.leverage, row.leverage)} isStale={isStale} />
        </Fact>
        <Fact name="Agreement" isWide>
          {agreement.shown}
        </Fact>
      </dl>
      {isOpen && <AccountDetail shown={shown} />}
    </li>
  );
}

interface FactProps {
  readonly name: string;
  readonly isStrong?: boolean;
  readonly isApart?: boolean;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

function Fact({ name, isStrong = false, isApart: apart = false, isWide = false, children }: FactProps) {
  return (
    <div data-strong={isStrong} data-apart={apart ? true : undefined} data-wide={isWide}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
