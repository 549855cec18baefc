/** The scenario by hand: all markets with betas, each by itself, pegs of collateral, funding. */
import { X } from 'lucide-react';
import { useState } from 'react';
import { selectAccount, selectDeskBook } from '../../../store/selectors.ts';
import type { StressScenario, StressState } from '../../../store/types.ts';
import { MoveControl } from '../../margin/what-if/move-control.tsx';
import { PRESETS } from '../../margin/what-if/moves.ts';
import { useApp, useAppEvery } from '../../shared/app-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import fields from '../../ui/fields.module.css';
import panel from '../../ui/panel.module.css';
import { useStress } from '../use-stress.ts';
import styles from './what-if.module.css';
import { exactPercent, moveText, pegChoices, withName } from './words.ts';

const MINUS = '\u2212';
const LIVE_MS = 1000;
const FUNDING_PRESETS = ['-0.001', '0.0001', '0.001', '0.01'] as const;

interface SlidersProps {
  readonly scenario: StressScenario;
  readonly markets: readonly string[];
  readonly onChange: (change: Partial<StressScenario>) => void;
}

export function Sliders({ scenario, markets, onChange }: SlidersProps) {
  const all = exactPercent(scenario.all);
  return (
    <div className={styles.sliders}>
      <MoveControl name="All markets" isAll percent={all} onChange={(percent) => onChange({ all: moveText(percent) })} />
      <fieldset className={styles.presets}>
        <legend className={panel.hidden}>All markets, presets</legend>
        {PRESETS.map((preset) => (
          <Button key={preset} aria-pressed={all === preset} onClick={() => onChange({ all: moveText(preset) })}>
            {preset < 0 ? `${MINUS}${-preset}` : `+${preset}`} %
          </Button>
        ))}
      </fieldset>
      <div className={styles.markets}>
        {markets.map((market) => (
          <div key={market} className={styles.market}>
            <MoveControl
              name={market}
              percent={exactPercent(scenario.moves[market])}
              onChange={(percent) => onChange({ moves: withName(scenario.moves, market, moveText(percent), '0') })}
            />
            <Beta market={market} scenario={scenario} onChange={onChange} />
          </div>
        ))}
      </div>
      <AddMarket scenario={scenario} markets={markets} onChange={onChange} />
    </div>
  );
}

/** What is not the price of a market. */
export function PegsAndFunding({ scenario, onChange }: PartProps) {
  const isSet = scenario.pegs.length > 0 || Number(scenario.funding) !== 0;
  return (
    <details className={styles.details} open={isSet}>
      <summary>
        Collateral pegs and funding{scenario.pegs.length > 0 && `: ${scenario.pegs.length} ${scenario.pegs.length === 1 ? 'peg' : 'pegs'}`}
      </summary>
      <div className={styles.forms}>
        <Pegs scenario={scenario} onChange={onChange} />
        <Funding scenario={scenario} onChange={onChange} />
      </div>
    </details>
  );
}

type PartProps = Pick<SlidersProps, 'scenario' | 'onChange'>;

/** How many times the move of all this market moves. */
function Beta({ market, scenario, onChange }: PartProps & { readonly market: string }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <label className={styles.beta} title={`How many times the move of all markets ${market} moves`}>
      β
      <input
        type="number"
        className={styles.number}
        aria-label={`${market} beta`}
        min={-100}
        max={100}
        step={0.1}
        value={typed ?? scenario.betas[market] ?? '1'}
        onChange={({ target }) => {
          setTyped(target.value);
          if (Number.isFinite(target.valueAsNumber) && Math.abs(target.valueAsNumber) <= 100)
            onChange({ betas: withName(scenario.betas, market, moveText(target.valueAsNumber * 100), '1') });
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  );
}

function AddMarket({ scenario, markets, onChange }: SlidersProps) {
  const book = useApp(selectDeskBook);
  const [name, setName] = useState('');
  const market = name.trim();
  const add = (): void => {
    if (market === '' || markets.includes(market)) return;
    onChange({ betas: withName(scenario.betas, market, '1', '') });
    setName('');
  };
  return (
    <form
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <input
        className={fields.input}
        aria-label="Another market"
        placeholder="Another market"
        list="stress-markets"
        maxLength={80}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <datalist id="stress-markets">
        {book?.markets.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <Button type="submit" disabled={market === '' || markets.includes(market)}>
        Add
      </Button>
    </form>
  );
}

const selectVenues = ({ catalog }: StressState) => catalog?.venues ?? null;

/** Collateral marked elsewhere than its market, on one venue or on all. */
function Pegs({ scenario, onChange }: PartProps) {
  const account = useAppEvery(selectAccount, LIVE_MS);
  const venues = useStress(selectVenues);
  const [asset, setAsset] = useState('');
  const [venue, setVenue] = useState('');
  const choices = pegChoices(account);
  const chosen = asset || choices[0] || '';
  const isNamed = scenario.pegs.some((peg) => peg.asset === chosen && (peg.venue ?? '') === venue);
  const nameOf = (id: string): string => venues?.find((one) => one.id === id)?.name ?? id;
  return (
    <div className={styles.group}>
      <h3 className={styles.heading}>Pegs of collateral</h3>
      {scenario.pegs.map((peg, i) => {
        const name = peg.venue === null ? peg.asset : `${peg.asset}, ${nameOf(peg.venue)}`;
        return (
          <div key={name} className={styles.peg}>
            <MoveControl
              name={name}
              percent={exactPercent(peg.move)}
              onChange={(percent) =>
                onChange({ pegs: scenario.pegs.map((one, at) => (at === i ? { ...one, move: moveText(percent) } : one)) })
              }
            />
            <IconButton label={`Remove the peg of ${name}`} onClick={() => onChange({ pegs: scenario.pegs.filter((_, at) => at !== i) })}>
              <X size={14} aria-hidden="true" />
            </IconButton>
          </div>
        );
      })}
      <div className={styles.line}>
        <Choice label="Collateral" value={chosen} choices={choices.map((one) => [one, one] as const)} onValue={setAsset} />
        <Choice
          label="Marked so by"
          value={venue}
          choices={[['', 'every venue'] as const, ...(venues ?? []).map(({ id, name }) => [id, name] as const)]}
          onValue={setVenue}
        />
        <Button
          disabled={chosen === '' || isNamed}
          onClick={() => onChange({ pegs: [...scenario.pegs, { asset: chosen, venue: venue === '' ? null : venue, move: '-0.05' }] })}
        >
          Add a peg
        </Button>
      </div>
    </div>
  );
}

/** A share of notional that longs pay once. */
function Funding({ scenario, onChange }: PartProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const percent = exactPercent(scenario.funding);
  return (
    <div className={styles.group}>
      <h3 className={styles.heading}>Funding paid once, of notional</h3>
      <div className={styles.line}>
        <input
          type="range"
          className={styles.range}
          aria-label="Funding"
          aria-valuetext={percent === 0 ? 'none' : `longs ${percent > 0 ? 'pay' : 'receive'} ${Math.abs(percent)} percent of notional`}
          min={-1}
          max={1}
          step={0.01}
          value={Math.max(-1, Math.min(1, percent))}
          onChange={({ target }) => onChange({ funding: moveText(target.valueAsNumber) })}
        />
        <label className={styles.beta}>
          <input
            type="number"
            className={styles.number}
            aria-label="Funding, per cent of notional"
            min={-100}
            max={100}
            step={0.01}
            value={typed ?? percent}
            onChange={({ target }) => {
              setTyped(target.value);
              if (Number.isFinite(target.valueAsNumber) && Math.abs(target.valueAsNumber) <= 100)
                onChange({ funding: moveText(target.valueAsNumber) });
            }}
            onBlur={() => setTyped(null)}
          />
          %
        </label>
        {FUNDING_PRESETS.map((funding) => (
          <Button key={funding} aria-pressed={scenario.funding === funding} onClick={() => onChange({ funding })}>
            {String(exactPercent(funding)).replace('-', MINUS)} %
          </Button>
        ))}
      </div>
      <p className={styles.note}>Longs pay and shorts receive; below zero the other way round.</p>
    </div>
  );
}
