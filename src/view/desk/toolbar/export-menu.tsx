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

const TYPES = { csv: 'text/csv', parquet: 'application/vnd.apache.parquet', json: 'application/json' } as const;
const NAMES = { csv: 'CSV', parquet: 'Parquet', json: 'JSON' } as const;
type Format = keyof typeof TYPES;

type Result = { readonly kind: 'done'; readonly text: string } | { readonly kind: 'failed'; readonly faults: readonly Fault[] };

const CONTENTS = [
  { content: 'figures', name: 'Figures', formats: ['csv', 'parquet'], text: 'The table: one line an account.' },
  { content: 'accounts', name: 'Accounts', formats: ['csv', 'parquet', 'json'], text: 'What they hold: a book that can be opened again.' },
] as const;

function Menu() {
  const actions = useActions();
  const progress = useApp(selectDeskProgress);
  const [isBusy, setIsBusy] = useState(false);
  const [result, setResult] = useState<Result | null>(null);
  const save = async (content: 'figures' | 'accounts', format: Format): Promise<void> => {
    setIsBusy(true);
    setResult(null);
    const answer = await actions.desk.exportRows(content, format, DESK_COLUMNS);
    setIsBusy(false);
    if (!answer.ok) {
      setResult({ kind: 'failed', faults: answer.faults });
      return;
    }
    const { name, parts, rows } = answer.value;
    download(name, new Blob(parts as BlobPart[], { type: TYPES[format] }));
    setResult({ kind: 'done', text: `${formatCount(rows)} accounts in ${name}` });
  };
  const isBlocked = isBusy || progress !== null;
  return (
    <div className={styles.chooser}>
      <p className={styles.hint}>All accounts that match, in the order shown, with units, time and source.</p>
      {CONTENTS.map(({ content, name, formats, text }) => (
        <div key={content} className={styles.export}>
          <span>{name}</span>
          {formats.map((format) => (
            <Button key={format} disabled={isBlocked} aria-label={`${name} as ${NAMES[format]}`} onClick={() => void save(content, format)}>
              {NAMES[format]}
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
