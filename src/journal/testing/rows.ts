/** Rows as an engine has them kept. */
import type { AcknowledgementRow, EpisodeRow, EventRow, MachineRow, SampleRow } from '../records.ts';
import { streamKey } from '../records.ts';

export const STREAM = { book: 'own.json', account: 'a', feed: 'replay:Replay' };
export const KEY = streamKey(STREAM);
export const AT = Date.UTC(2025, 9, 10, 20);
export const NOW = Date.UTC(2026, 0, 1);

const SUBJECT = { kind: 'pool' as const, account: 'a', pool: 'cross', venue: 'hyperliquid', markets: ['BTC'] };

export const episodeOf = (id: string, steps = 1, more: Partial<EpisodeRow['episode']> = {}): EpisodeRow['episode'] => ({
  id,
  serial: 1,
  subject: SUBJECT,
  firstSeenMs: AT,
  raisedMs: AT,
  worstState: 'warning',
  worst: { marginRatio: '0.6' },
  steps,
  ...more,
});

export const episodeRow = (id: string, more: Partial<EpisodeRow> = {}): EpisodeRow => ({
  id,
  keptMs: NOW,
  stream: STREAM,
  episode: episodeOf(id),
  isLeft: false,
  ...more,
});

export const eventRow = (episode: string, step = 1, keptMs = NOW): EventRow => ({
  id: `${episode}-${step}`,
  keptMs,
  stream: STREAM,
  event: {
    id: `${episode}-${step}`,
    kind: 'step',
    subject: SUBJECT,
    episode: episodeOf(episode, step),
    rule: 'ratio-warning',
    from: 'healthy',
    to: 'warning',
    atMs: AT,
    values: { marginRatio: '0.6' },
    knowledge: 'known',
    notice: 'due',
    channel: 'sound',
  },
});

export const acknowledgementRow = (episode: string, step = 1, keptMs = NOW): AcknowledgementRow => ({
  id: `${episode}-${step}`,
  episode,
  kind: 'acknowledged',
  atMs: AT,
  forMs: 0,
  keptMs,
});

export const machineRow = (episodes: readonly string[] = [], acknowledged: readonly string[] = [], keptMs = NOW): MachineRow => ({
  key: KEY,
  keptMs,
  stream: STREAM,
  clockMs: AT,
  snapshot: {
    format: 'alarm-machine/1',
    ruleIds: ['ratio-warning'],
    timeline: { sequence: 3, timeMs: AT, elapsedMs: 60_000, observedMs: 60_000 },
    subjects: episodes.map((id) => ({
      subject: { ...SUBJECT, pool: id },
      ruleIndices: [0],
      conditions: [{ active: true }],
      standings: ['armed' as const],
      state: 'warning' as const,
      venueState: 'open' as const,
      knowledge: 'known' as const,
      values: { marginRatio: '0.6' },
      atRisk: 1_000,
      bypass: { bucket: 0 },
      episode: episodeOf(id, 1, acknowledged.includes(id) ? { acknowledged: { atMs: AT, by: 'user' } } : {}),
    })),
    serials: [],
    flood: { recent: [], serial: 0 },
  },
});

export const sampleRow = (timeMs: number, equity: string, more: Partial<SampleRow> = {}): SampleRow => ({
  key: KEY,
  timeMs,
  keptMs: NOW,
  equity,
  grossNotional: '1000',
  leverage: 10,
  marginRatio: 0.5,
  shock: -0.1,
  marginExcess: '50',
  cashFlow: '0',
  funding: '',
  isGap: false,
  ...more,
});
