import { type Case, describeOracle, oracleCases, readPlainJson } from '../testing/cases.ts';
import { runCase } from './testing/families.ts';

const vectors = readPlainJson(new URL('./vectors/cases.json', import.meta.url)) as Case[];

/** What a case's source states and its input leaves out, as in the vector of the same id: an index, the recorded answer. */
const completed = (item: Case): Case => {
  const vector = vectors.find((candidate) => candidate.id === item.id);
  return { ...item, input: { ...(vector?.input ?? {}), ...item.input } };
};

describeOracle('aave-v3 vectors', vectors, runCase, 37);
describeOracle('aave-v3 oracle cases', oracleCases('defi', 'aave-v3').map(completed), runCase, 0);
