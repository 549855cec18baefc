/** Takes away what is filtered, in the order shown: as CSV or as Parquet. */
import { Download } from 'lucide-react';
import { useState } from 'react';
import { selectDeskProgress } from '../../../store/selectors.ts';
import type { Fault } from '../../../store/types.ts';
import { DESK_COLUMNS } from '../../../store/types.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { FaultList } from '../../shared/fault-list.tsx';
import buttons from '../../ui/button.module.css';
import { Button } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { download } from '../download.ts';
import { formatCount } from '../money.ts';
import styles from './toolbar.module.css';

const TYPES = { csv: 'text/csv', parquet: 'application/vnd.apache.parquet' } as const;

type Result = { readonly kind: 'done'; readonly text: string } | { readonly kind: 'failed'; readonly faults: readonly Fault[] };

const CONTENTS = [
  { content: 'figures', name: 'Figures', text: 'The table: one line an account.' },
  { content: 'accounts', name: 'Accounts', text: 'What they hold: a book that can be opened again.' },
] as const;

function Menu() {
  const actions = useActions();
  const progress = useApp(selectDeskProgress);
  const [isBusy, setIsBusy] = useState(false);
  const [result, setResult] = useState<Result | null>(null);
  const save = async (content: 'figures' | 'accounts', format: 'csv' | 'parquet'): Promise<void> => {
    setIsBusy(true);
    setResult(null);
    const answer = await actions.desk.exportRows(content, format, DESK_COLUMNS);
    setIsBusy(false);
    if (!answer.ok) {
      setResult({ kind: 'failed', faults: answer.faults });
      return;
    }
    const { name, bytes, rows } = answer.value;
    download(name, new Blob([bytes], { type: TYPES[format] }));
    setResult({ kind: 'done', text: `${formatCount(rows)} accounts in ${name}` });
  };
  const isBlocked = isBusy || progress !== null;
  return (
    <div className={styles.chooser}>
      <p className={styles.hint}>All accounts that match, in the order shown, with units, time and source.</p>
      {CONTENTS.map(({ content, name, text }) => (
        <div key={content} className={styles.export}>
          <span>{name}</span>
          {(['csv', 'parquet'] as const).map((format) => (
            <Button
              key={format}
              disabled={isBlocked}
              aria-label={`${name} as ${format === 'csv' ? 'CSV' : 'Parquet'}`}
              onClick={() => void save(content, format)}
            >
              {format === 'csv' ? 'CSV' : 'Parquet'}
            </Button>
          ))}
          <span className={styles.hint}>{text}</span>
        </div>
      ))}
      <p role="status" className={styles.hint}>
        {isBusy && 'Writing…'}
        {result?.kind === 'done' && result.text}
        {result?.kind === 'failed' && 'It was not written.'}
      </p>
      {result?.kind === 'failed' && <FaultList faults={result.faults} />}
    </div>
  );
}

export function ExportMenu() {
  return (
    <Popover
      label="Export the accounts"
      trigger={
        <>
          <Download size={14} aria-hidden="true" /> Export
        </>
      }
      triggerProps={{ className: buttons.button }}
    >
      {() => <Menu />}
    </Popover>
  );
}
