import { type Case, describeOracle, oracleCases, readPlainJson } from '../testing/cases.ts';
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

describeOracle('dydx-v4 vectors', vectors, runCase, 114);
describeOracle('dydx-v4 oracle cases', oracleCases('defi', 'dydx-v4').map(completed), runCase, 0);
