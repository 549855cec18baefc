/** Aave v3's rules for the engine: AV-6…AV-9 of docs/spec/venues/aave-v3.md; Spark is a fork of it. */
import type { VenueRules } from '../../engine/rules.ts';
import { lendingRules } from '../lending-rules.ts';

export const aaveV3Rules: VenueRules = lendingRules({
  id: 'aave-v3',
  name: 'Aave v3',
  ratioView: { name: 'Health factor', direction: 'down-is-worse' },
  sources: [
    'aave-dao/aave-v3-origin@fd1fbd91 src/contracts/protocol/libraries/logic/GenericLogic.sol: health factor, available borrows',
    'aave-dao/aave-v3-origin@fd1fbd91 src/contracts/protocol/libraries/logic/ValidationLogic.sol: liquidatable below a health factor of 1',
  ],
});

/** AV-50: the same contracts under another name; its terms come with the book or the response. */
export const sparkRules: VenueRules = { ...aaveV3Rules, id: 'spark', name: 'Spark' };
