/** What can go wrong where accounts are read by their addresses. Each is what a real server has done, or may do. */
export const ACCOUNT_FAULTS = {
  delayed: 'every answer comes two seconds late',
  unanswered: 'takes every question and answers none',
  'cut-off': 'breaks every answer off in the middle',
  'no-json': 'answers with a page of HTML and status 200',
  'cut-words': 'answers of contracts lack their last word',
  'other-contract': 'contracts answer with a word more than they should',
  'huge-answer': 'answers are some forty megabytes long',
  'too-many': 'status 429: too many questions',
  'geo-blocked': 'status 403: this country or address is not served',
  'legally-blocked': 'status 451: not available for legal reasons',
  reorganised: 'blocks are replaced while they are read',
  'unknown-block': 'the pinned block is unknown to the server',
  'other-chain': 'the server tells another chain',
  'clock-hour-behind': 'the newest block, or the venue’s time, is an hour old',
  'clock-hour-ahead': 'the newest block, or the venue’s time, is an hour ahead',
  'account-maintenance': 'status 503 with a page of HTML',
} as const;

export type AccountFaultName = keyof typeof ACCOUNT_FAULTS;
export const isAccountFault = (name: string): name is AccountFaultName => Object.hasOwn(ACCOUNT_FAULTS, name);
