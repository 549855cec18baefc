/** Ranges of figures: one column, a least and a most, as many columns as are wanted. */
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { DeskColumn } from '../../../store/types.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import fields from '../../ui/fields.module.css';
import { COLUMNS, columnOf } from '../table/columns.ts';
import { useBook, useFilter } from '../use-desk.ts';
import { type BoundKind, formatBound, parseBound, unitOf } from './bounds.ts';
import { readRange, setRange } from './filter.ts';
import styles from './rail.module.css';

const RANGED = COLUMNS.filter(({ bounds }) => bounds !== 'none');

const kindOf = (id: string): BoundKind => {
  const bounds = columnOf(id)?.bounds;
  return bounds === undefined || bounds === 'none' ? 'count' : bounds;
};

export function Ranges() {
  const book = useBook();
  const [filter, changeFilter] = useFilter();
  const [column, setColumn] = useState<DeskColumn>('marginRatio');
  const [least, setLeast] = useState('');
  const [most, setMost] = useState('');
  const kind = kindOf(column);
  const [atLeast, atMost] = [parseBound(kind, least), parseBound(kind, most)];
  const isWrong = (bound: number | null): boolean => bound !== null && Number.isNaN(bound);
  const isReady = !isWrong(atLeast) && !isWrong(atMost) && (atLeast !== null || atMost !== null);
  const choose = (id: DeskColumn): void => {
    setColumn(id);
    const known = filter.ranges.find((range) => range.column === id);
    setLeast(formatBound(kindOf(id), known?.atLeast ?? null));
    setMost(formatBound(kindOf(id), known?.atMost ?? null));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    changeFilter((now) => setRange(now, { column, atLeast, atMost, isBelow: false }));
    setLeast('');
    setMost('');
  };
  const unit = unitOf(kind, book?.unit ?? '');
  const bound = (name: string, text: string, set: (text: string) => void, isBad: boolean) => (
    <input
      className={fields.input}
      aria-label={`${name}, ${columnOf(column)?.header}`}
      placeholder={name.toLowerCase()}
      aria-invalid={isBad}
      value={text}
      onChange={(event) => set(event.target.value)}
    />
  );
  return (
    <form className={styles.group} onSubmit={submit} aria-label="Range of a figure">
      <h2 className={styles.name}>Range</h2>
      <select className={fields.input} aria-label="Figure" value={column} onChange={(event) => choose(event.target.value as DeskColumn)}>
        {RANGED.map(({ id, header }) => (
          <option key={id} value={id}>
            {header}
          </option>
        ))}
      </select>
      <div className={styles.bounds}>
        {bound('At least', least, setLeast, isWrong(atLeast))}
        {bound('At most', most, setMost, isWrong(atMost))}
        {unit !== '' && <span className={styles.unit}>{unit}</span>}
        <IconButton label="Set the range" type="submit" disabled={!isReady}>
          <Plus size={15} aria-hidden="true" />
        </IconButton>
      </div>
      {filter.ranges.length > 0 && (
        <ul className={styles.ranges}>
          {filter.ranges.map((range) => (
            <li key={range.column}>
              <Button
                look="quiet"
                title={`End: ${readRange(range)}`}
                onClick={() => changeFilter((now) => ({ ...now, ranges: now.ranges.filter((each) => each !== range) }))}
              >
                <span className={styles.word}>{readRange(range)}</span>
                <X size={13} aria-hidden="true" />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}
