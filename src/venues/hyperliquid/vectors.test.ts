import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../domain/fault.ts';
import type { Figure } from '../../domain/outcome.ts';
import { Decimal } from '../../domain/units.ts';
import type { AccountAssessment } from '../../engine/types.ts';
import { readJson } from '../../wire/json.ts';
import { parseHyperliquid } from './parse.ts';
import { hyperliquidRules } from './rules.ts';
import { assessBook, assessRecorded, disagreement, plain, type RecordedAccount, relativeError } from './testing/recorded.ts';

const vectors = <T>(name: string): T[] => readJson(readFileSync(new URL(`./vectors/${name}`, import.meta.url), 'utf8')) as T[];

interface ResponseVector {
  readonly id: string;
  readonly capturedAt: string | null;
  readonly tolerance: string;
  readonly response: Readonly<Record<string, unknown>>;
}

/** As far as the tests read it. */
interface Response {
  readonly crossMarginSummary: Readonly<Record<string, string>>;
  readonly marginSummary: Readonly<Record<string, string>>;
  readonly crossMaintenanceMarginUsed?: string;
  readonly withdrawable?: string;
  readonly assetPositions: readonly { readonly position: Readonly<Record<string, string | null>> }[];
}

const value = (figure: Figure): Decimal => {
  if (!figure.ok) throw new Error(`no number: ${figure.reason}`);
  return figure.value;
};

/** Rounded row by row on the venue's side. */
const near = (ours: Figure, theirs: string | undefined, tolerance: string, name: string): void =>
  expect(
    value(ours)
      .minus(theirs ?? NaN)
      .abs()
      .lte(tolerance),
    `${name}: ${value(ours).toFixed()}, the venue says ${theirs}`,
  ).toBe(true);

describe('HL-9…HL-14 recorded responses', () => {
  const all = vectors<ResponseVector>('responses.json');
  /** The rule of 2023; collateral outside the response. Their notes say more. */
  const notScored = new Set(['hl-raw-02', 'hl-raw-09']);
  const refused = new Set(['hl-raw-04']);
  let prices = 0;
  let nulls = 0;

  for (const vector of all) {
    const { id, tolerance } = vector;
    const response = plain(vector.response) as unknown as Response;
    const book = () => parseHyperliquid(vector.response, { asOf: vector.capturedAt ?? '2026-03-01T00:00:00Z', accountId: id });
    if (refused.has(id)) {
      it(`error: ${id} sums positions it neither lists nor states a requirement for`, () => {
        expect(book).toThrow(InputError);
        expect(book).toThrow('/crossMaintenanceMarginUsed');
      });
      continue;
    }
    it(`${id}: equity, requirements and liquidation prices are the venue's`, () => {
      const assessment = assessBook(book());
      expect(value(assessment.equity).toFixed()).toBe(new Decimal(response.crossMarginSummary.accountValue!).toFixed());
      near(assessment.initialMargin, response.crossMarginSummary.totalMarginUsed, '0.00001', 'initial margin');
      if (response.crossMaintenanceMarginUsed)
        near(assessment.maintenanceMargin, response.crossMaintenanceMarginUsed, '0.00001', 'maintenance');
      for (const [i, { position: row }] of response.assetPositions.entries()) {
        const position = assessment.positions[i]!;
        near(position.notional, row.positionValue!, '0.0000011', `${row.coin} notional`);
        near(position.unrealizedPnl, row.unrealizedPnl!, '0.0000002', `${row.coin} unrealized profit`);
        if (position.marginMode === 'isolated') {
          const pool = assessment.pools.find((candidate) => candidate.id === position.pool)!;
          near(pool.equity, row.marginUsed!, '0.0000011', `${row.coin} margin used`);
          near(position.initialMargin, row.marginUsed!, '0.0000011', `${row.coin} margin used`);
        } else near(position.initialMargin, row.marginUsed!, '0.0000011', `${row.coin} margin used`);
        if (notScored.has(id)) continue;
        if (row.returnOnEquity) near(position.returnOnEquity, row.returnOnEquity, '0.000000001', `${row.coin} return on equity`);
        expect(disagreement(assessment, i, row.liquidationPx ?? null, new Decimal(tolerance))).toBeUndefined();
        if (row.liquidationPx === null) nulls++;
        else prices++;
      }
    });
  }

  it('the marks are those of the venue: short decimals that give back positionValue', () => {
    const book = parseHyperliquid(all.find(({ id }) => id === 'hl-raw-01')!.response, {});
    expect(book.instruments.get('hl:SOL')?.markPrice?.toFixed()).toBe('144.72');
    expect(book.instruments.get('hl:HYPE')?.markPrice?.toFixed()).toBe('26.017');
    for (const instrument of book.instruments.values()) expect(instrument.markPrice!.precision()).toBeLessThanOrEqual(6);
  });

  it.each(['hl-raw-07', 'hl-raw-08', 'hl-raw-09', 'hl-raw-10', 'hl-raw-13', 'hl-raw-16'])(
    'HL-7 %s: withdrawable, where no order holds margin',
    (id) => {
      const vector = all.find((candidate) => candidate.id === id)!;
      const { withdrawable } = plain(vector.response) as unknown as Response;
      near(assessBook(parseHyperliquid(vector.response, {})).withdrawable, withdrawable, '0.00001', 'withdrawable');
    },
  );

  it('reached every scored row', () => {
    console.log(
      `hyperliquid responses: ${all.length - refused.size} assessed, ${prices} liquidation prices and ${nulls} nulls passed; ` +
        `liquidation prices of ${[...notScored].join(', ')} not scored, ${[...refused].join(', ')} refused`,
    );
    expect({ prices, nulls }).toEqual({ prices: 17, nulls: 12 });
  });
});

interface AccountVector extends RecordedAccount {
  readonly tolerance: string;
}

describe('HL-3…HL-6 recorded accounts', () => {
  const all = plain(vectors<AccountVector>('accounts.json')) as AccountVector[];
  let checked = 0;
  let anchors = 0;

  it.each(all.map((account) => [account.id, account] as const))('%s: every liquidation price is the venue’s', (_id, account) => {
    const assessment = assessRecorded(account);
    account.positions.forEach((row, i) => {
      expect(disagreement(assessment, i, row.liquidationPrice ?? null, new Decimal(account.tolerance))).toBeUndefined();
      if (row.coin === account.anchor) anchors++;
      else checked++;
    });
  });

  it('reached every row', () => {
    console.log(`hyperliquid accounts: ${all.length} accounts, ${checked} liquidation prices passed, ${anchors} agree by construction`);
    expect(checked).toBeGreaterThanOrEqual(250);
  });
});

interface CaseVector {
  readonly id: string;
  readonly input: RecordedAccount & { readonly response?: Readonly<Record<string, unknown>> };
  readonly expected: Readonly<Record<string, string | null>>;
  readonly tolerance: { readonly relative?: string; readonly absolute?: string };
}

/** The figure at a path such as `pools/1/equity`; `backstopThreshold` is the backstop's share of the maintenance margin. */
function figureAt(assessment: AccountAssessment, path: string): Figure {
  const steps = path.split('/');
  const name = steps.pop()!;
  const owner = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], assessment) as Record<string, Figure>;
  if (name !== 'backstopThreshold') return owner[name]!;
  return { ok: true, value: value(owner.maintenanceMargin!).times(hyperliquidRules.backstopShare!) };
}

describe('published and recorded cases', () => {
  const all = vectors<CaseVector>('cases.json');

  it.each(all.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    const { input, expected, tolerance } = { ...(plain(vector) as CaseVector), input: vector.input };
    const assessment = input.response
      ? assessBook(parseHyperliquid(input.response, { asOf: '2026-01-01T00:00:00Z' }))
      : assessRecorded({ ...(plain(input) as RecordedAccount), id: vector.id, source: '', capturedAt: '2026-01-01T00:00:00Z' });
    for (const [path, theirs] of Object.entries(expected)) {
      const figure = figureAt(assessment, path);
      if (theirs === null) {
        expect(figure).toMatchObject({ ok: false, reason: 'never' });
        continue;
      }
      const ours = value(figure);
      const wanted = new Decimal(theirs);
      const isWithin =
        relativeError(ours, wanted).lte(tolerance.relative ?? 0) ||
        ours
          .minus(wanted)
          .abs()
          .lte(tolerance.absolute ?? 0);
      expect(isWithin, `${path}: ${ours.toFixed()}, wanted ${theirs}`).toBe(true);
    }
  });

  it('reached every case', () => expect(all.length).toBe(78));
});
