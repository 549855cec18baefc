import { afterAll, describe, expect, it } from 'vitest';
import { type Case, difference, oracleCases, readPlainJson, Tally } from '../testing/cases.ts';
import { runCase } from './testing/families.ts';

/** The recording that the case cites holds the other child too: real_subscribed, subaccount 0. */
const SIBLINGS: Readonly<Record<string, unknown>> = {
  'dydx-indexer-live-ldo': [{ subaccountNumber: 0, quoteBalance: '1711.959192', positions: [] }],
};

const completed = (item: Case): Case => {
  const siblings = SIBLINGS[item.id];
  return siblings === undefined ? item : { ...item, input: { ...item.input, siblings } };
};

const vectors = ['accounts', 'chain', 'recorded'].flatMap(
  (name) => readPlainJson(new URL(`./vectors/${name}.json`, import.meta.url)) as Case[],
);

function run(title: string, cases: readonly Case[], floor: number): void {
  describe(title, () => {
    const tally = new Tally(`dydx-v4 ${title}`);
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

run('vectors', vectors, 47);
run('oracle cases', oracleCases('defi', 'dydx-v4').map(completed), 0);
