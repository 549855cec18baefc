/** A back-test as files: JSON with everything that it was run on, CSV for a spreadsheet (rule SY-8 of docs/spec/study.md). */
import { guardedCell } from '../../formats/csv.ts';
import type { BackTestColumn, BackTestSpec, BackTestView } from './messages.ts';

type Figures = Omit<BackTestView, 'json' | 'csv'>;

/** Of an account's book only the account is named: the book is the user's own file. */
const named = ({ subjects, ...spec }: BackTestSpec) => ({
  ...spec,
  subjects: subjects.kind === 'account' ? { kind: subjects.kind, account: subjects.account } : subjects,
});

/** `back-test/1`; null where there is no number. */
export const backTestJson = (spec: BackTestSpec, figures: Figures): string =>
  JSON.stringify({ format: 'back-test/1', spec: named(spec), ...figures }, (_, value) => (Number.isNaN(value) ? null : value), 2);

const ROWS: readonly (readonly [name: string, unit: string, field: Exclude<keyof BackTestColumn, 'name'>])[] = [
  ['announcements', '', 'announcements'],
  ['announcements an hour', '1/h', 'announcementsPerHour'],
  ['notices', '', 'notices'],
  ['notices an hour', '1/h', 'noticesPerHour'],
  ['episodes', '', 'episodes'],
  ['liquidations', '', 'liquidations'],
  ['liquidations without warning', '', 'withoutWarning'],
  ['median lead', 'ms', 'medianLeadMs'],
  ['worst lead', 'ms', 'worstLeadMs'],
  ['chattering', '', 'chattering'],
  ['standing on average', '', 'meanStanding'],
  ['standing at most', '', 'mostStanding'],
  ['in flood', 'h', 'floodHours'],
];

const cell = (value: number): string => (Number.isFinite(value) ? String(value) : '');

/** Two tables, an empty line between them: figures, then liquidations. Empty where there is no number. */
export function backTestCsv({ columns, liquidations }: Figures): string {
  const [a, b] = columns;
  const lines = [
    ['figure', 'unit', guardedCell(a.name), guardedCell(b.name)],
    ...ROWS.map(([name, unit, field]) => [name, unit, cell(a[field]), cell(b[field])]),
    [],
    ['account', 'pool', 'venue', 'at', 'lead A ms', 'lead B ms'],
    ...liquidations.map(({ account, pool, venue, atMs, leadMs }) => [
      guardedCell(account),
      guardedCell(pool),
      venue,
      new Date(atMs).toISOString(),
      ...leadMs.map(cell),
    ]),
  ];
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}
