import { afterAll, describe, expect, it } from 'vitest';
import { type Case, difference, oracleCases, readPlainJson, Tally } from '../testing/cases.ts';
import { runCase } from './testing/families.ts';

const vectors = readPlainJson(new URL('./vectors/cases.json', import.meta.url)) as Case[];

/** What a case's source states and its input leaves out, as in the vector of the same id: an index, the recorded answer. */
const completed = (item: Case): Case => {
  const vector = vectors.find((candidate) => candidate.id === item.id);
  return { ...item, input: { ...(vector?.input ?? {}), ...item.input } };
};

function run(title: string, cases: readonly Case[], floor: number): void {
  describe(title, () => {
    const tally = new Tally(`aave-v3 ${title}`);
    afterAll(() => tally.print());
    for (const item of cases) {
      it(`${item.formula} ${item.id}`, () => {
        const computed = runCase(item);
        expect(computed, `family ${item.formula}`).toBeDefined();
        const faults = Object.entries(item.expected).map(([name, expected]) => {
          const fault = tally.note(difference(computed?.[name], expected, item.tolerance));
          return fault && `${name}: ${fault}`;
        });
        expect(faults.filter(Boolean)).toEqual([]);
      });
    }
    it('reached its cases', () => {
      if (cases.length === 0) tally.skip('all: the reference folder is not beside the project');
      expect(cases.length).toBeGreaterThanOrEqual(floor);
    });
  });
}

run('vectors', vectors, 20);
run('oracle cases', oracleCases('defi', 'aave-v3').map(completed), 0);
