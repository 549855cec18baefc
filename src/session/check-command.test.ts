import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCommand } from './check-command.ts';
import type { Command } from './protocol.ts';

const VALID: readonly Command[] = [
  { kind: 'hello', protocolVersion: 1, nowMs: 0 },
  { kind: 'hello', protocolVersion: 2, nowMs: 1.5, baseUrl: 'http://localhost/', clock: 'manual', debug: true },
  { kind: 'load', requestId: 1, name: 'a', text: '' },
  { kind: 'load', requestId: 1, name: 'a', text: '', meta: '{}' },
  { kind: 'load-demo', requestId: 1 },
  { kind: 'select-account', requestId: 1, account: 'x' },
  { kind: 'edit', requestId: 1, edit: { kind: 'undo' } },
  { kind: 'edit', requestId: 1, edit: { kind: 'position-set', index: null, position: { size: '1' } } },
  { kind: 'edit', requestId: 1, edit: { kind: 'balance-remove', index: 0 } },
  { kind: 'edit', requestId: 1, edit: { kind: 'instrument-set', instrument: { id: 'a' } } },
  { kind: 'feed', requestId: 1, feed: { kind: 'simulated', seed: -3, regime: 'calm', stepMs: 100 } },
  { kind: 'feed', requestId: 1, feed: { kind: 'replay', name: '2025-10-10' } },
  { kind: 'feed', requestId: 1, feed: { kind: 'none' } },
  { kind: 'feed-speed', speed: 60 },
  { kind: 'feed-seek', requestId: 1, timeMs: 1e12 },
  { kind: 'feed-step', requestId: 1, steps: -4 },
  { kind: 'what-if', requestId: 1, spec: null },
  { kind: 'what-if', requestId: 1, spec: { moves: { BTC: '-0.1' }, all: '0' } },
  { kind: 'explain', requestId: 1, figure: 'equity' },
  { kind: 'explain', requestId: 1, figure: 'notional', pool: 'cross', position: 0 },
  { kind: 'export', requestId: 1 },
  { kind: 'alarm-rules', requestId: 1, text: '{}' },
  { kind: 'alarm-rules', requestId: 1, text: null },
  { kind: 'alarm-acknowledge', requestId: 1, episode: 'a' },
  { kind: 'alarm-snooze', requestId: 1, episode: 'a', forMs: 900_000 },
  { kind: 'seen', bookVersion: 3 },
  { kind: 'debug-crash', how: 'throw' },
  { kind: 'debug-crash', how: 'feed-lost', market: 'BTC' },
];

describe('SE-26 every message from the page is checked', () => {
  it.each(VALID.map((command) => [command.kind, command] as const))('takes a %s', (_, command) => {
    expect(checkCommand(command)).toEqual({ ok: true, command });
  });

  it.each([
    null,
    undefined,
    3,
    'hello',
    [],
    {},
    { kind: '__proto__' },
    { kind: 'constructor', requestId: 1 },
    { kind: 'hello', protocolVersion: '1', nowMs: 0 },
    { kind: 'hello', protocolVersion: 1, nowMs: Number.NaN },
    { kind: 'load', requestId: 1, name: 'a', text: 5 },
    { kind: 'load', requestId: -1, name: 'a', text: '' },
    { kind: 'edit', requestId: 1, edit: { kind: 'explode' } },
    { kind: 'edit', requestId: 1, edit: { kind: 'position-remove', index: 1.5 } },
    { kind: 'edit', requestId: 1, edit: { kind: 'position-set', index: 0, position: { size: 1 } } },
    { kind: 'feed', requestId: 1, feed: { kind: 'replay', name: '../../etc/passwd' } },
    { kind: 'feed', requestId: 1, feed: { kind: 'simulated', seed: 1, regime: 'mad', stepMs: 1 } },
    { kind: 'feed', requestId: 1, feed: { kind: 'simulated', seed: 1, regime: 'calm', stepMs: 0 } },
    { kind: 'alarm-rules', requestId: 1 },
    { kind: 'alarm-acknowledge', requestId: 1, episode: 3 },
    { kind: 'alarm-snooze', requestId: 1, episode: 'a', forMs: -1 },
    { kind: 'alarm-snooze', requestId: 1, episode: 'a', forMs: 604_800_001 },
    { kind: 'feed-speed', speed: Number.POSITIVE_INFINITY },
    { kind: 'feed-seek', requestId: 1, timeMs: 1e17 },
    { kind: 'what-if', requestId: 1, spec: { moves: [], all: '0' } },
    { kind: 'what-if', requestId: 1, spec: { moves: {}, all: 0 } },
  ])('refuses %j', (message) => {
    expect(checkCommand(message).ok).toBe(false);
  });

  it('names the request it refuses, where it has one', () => {
    expect(checkCommand({ kind: 'load', requestId: 7 })).toMatchObject({ ok: false, requestId: 7 });
    expect(checkCommand({ kind: 'load', requestId: 'x' })).toMatchObject({ ok: false, requestId: 0 });
  });

  it('does not take a shape from the prototype', () => {
    expect(checkCommand(Object.create({ kind: 'export', requestId: 1 })).ok).toBe(false);
  });

  it('never throws, whatever it is given', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.anything(), (message) => {
        if (!checkCommand(message).ok) refused++;
      }),
    );
    expect(refused).toBeGreaterThan(90);
  });

  it('a valid message with one field spoiled is refused', () => {
    let reached = 0;
    for (const command of VALID) {
      for (const key of Object.keys(command)) {
        if (key === 'meta' || key === 'pool' || key === 'position') continue;
        expect(checkCommand({ ...command, [key]: Symbol.iterator }).ok).toBe(false);
        reached++;
      }
    }
    expect(reached).toBeGreaterThan(50);
  });
});
