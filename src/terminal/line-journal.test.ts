import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLineJournal } from './line-journal.ts';

it('WA-10: a run of weeks does not fill the disk: of what takes the place of another the newest stays, and all else does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'line-journal-'));
  const path = join(folder, 'journal');
  try {
    const journal = openLineJournal(path);
    const bulk = 'x'.repeat(500_000);
    const expected: unknown[] = [];
    let largest = 0;
    for (let i = 0; i < 60; i++) {
      const event = { event: { id: `e-${i}` } };
      journal.append(event);
      expected.push(event);
      journal.appendLatest({ checkpoint: i, bulk });
      largest = Math.max(largest, statSync(path).size);
    }
    journal.close();
    expect(largest).toBeLessThan(10_000_000);
    const again = openLineJournal(path);
    expect(again.damaged).toEqual([]);
    expect(again.lines.filter((line) => Object.hasOwn(line as object, 'event'))).toEqual(expected);
    expect(again.lines.at(-1)).toEqual({ checkpoint: 59, bulk });
    again.close();
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
