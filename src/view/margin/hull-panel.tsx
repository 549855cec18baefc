/** The first panel: the state in a word, the margin ratio as a hull on its load lines, leverage and buffer, one sentence. */
import type { AccountView, FigureCell, RiskState } from '../../store/types.ts';
import { formatFixed, formatPercent } from '../format/number.ts';
import { STATE_WORDS } from '../format/words.ts';
import panel from '../ui/panel.module.css';
import { StateShape } from '../ui/state-shape.tsx';
import { Age } from './age.tsx';
import { BarGauge, type BarGaugeProps } from './bar-gauge.tsx';
import { BUFFER_SCALE, risingScale } from './bar-geometry.ts';
import { FigureLabel } from './figure-label.tsx';
import { FIGURES, figureText } from './figures.ts';
import { draughtOf, HullGauge } from './hull-gauge.tsx';
import styles from './hull-panel.module.css';
import { MachinePart, type MachineProps } from './machine-part.tsx';
import { type Shown, solePool } from './pools.ts';

interface HullPanelProps {
  readonly account: AccountView;
  readonly shown: Shown;
  /** The same pool under a what-if; null without one. */
  readonly whatIf: Shown | null;
}

function Headline({ state, ratio, pool }: { readonly state: RiskState; readonly ratio: FigureCell; readonly pool: string | undefined }) {
  const text = figureText(FIGURES.marginRatio, ratio);
  return (
    <div className={styles.headline}>
      <p className={styles.state} data-state={state}>
        <StateShape state={state} size={18} />
        {STATE_WORDS[state]}
      </p>
      <div className={styles.ratio}>
        <FigureLabel spec={FIGURES.marginRatio} full={text.full} unit="" pool={pool} />
        <span className={styles.number} data-figure="" data-known={text.hasNumber} title={text.full}>
          {text.shown}
        </span>
      </div>
    </div>
  );
}

/** The smaller of two buffers is the one that counts; it is the size of the move, whichever way it goes. */
const bufferValue = (shock: FigureCell): number => Math.abs(shock.value);

/** A reason that says at which end of the scale the account is: past liquidation, beyond its reach, or without equity. */
const drawnOf = (cell: FigureCell, value: number): number => {
  if (cell.reason === 'already') return 0;
  return cell.reason === 'never' || cell.reason === 'insolvent' ? Number.POSITIVE_INFINITY : value;
};

interface BarsProps {
  readonly unit: string;
  readonly shown: Shown;
  readonly pool: string | undefined;
  readonly machine: Pick<MachineProps, 'account' | 'pool' | 'unit'>;
}

function Bars({ unit, shown: source, pool, machine }: BarsProps) {
  const { cells, bands } = source;
  const leverage = figureText(FIGURES.leverage, cells.leverage);
  const shock = figureText(FIGURES.uniformShock, cells.uniformShock);
  const money = figureText(FIGURES.marginExcess, cells.marginExcess);
  const direction = cells.uniformShock.reason !== '' ? '' : cells.uniformShock.text.startsWith('-') ? ' fall' : ' rise';
  const inMoney = money.hasNumber ? `${money.shown} ${unit}` : money.shown;
  const buffer: BarGaugeProps = {
    name: 'Buffer',
    label: <FigureLabel spec={FIGURES.uniformShock} full={shock.full} unit="" pool={pool} />,
    shown: (
      <>
        {shock.shown}
        {direction}
        <span className={styles.money}> · {inMoney}</span>
      </>
    ),
    valueText: `${shock.shown}${direction}, ${inMoney}`,
    value: bufferValue(cells.uniformShock),
    drawn: drawnOf(cells.uniformShock, bufferValue(cells.uniformShock)),
    state: source.riskState,
    levels: bands.buffer,
    scale: BUFFER_SCALE,
    writeLevel: (level) => formatPercent(String(level), 0, 'ceil'),
  };
  return (
    <>
      <BarGauge
        name="Leverage"
        label={<FigureLabel spec={FIGURES.leverage} full={leverage.full} unit="" pool={pool} />}
        shown={leverage.shown}
        valueText={leverage.shown}
        value={cells.leverage.value}
        drawn={drawnOf(cells.leverage, cells.leverage.value)}
        state={source.riskState}
        levels={bands.leverage}
        scale={risingScale(bands.leverage, cells.leverage.value)}
        writeLevel={(level) => `${formatFixed(String(level), 1, 'floor')}×`}
      />
      <MachinePart {...machine} part="buffer" bar={buffer} plain={<BarGauge {...buffer} />} />
    </>
  );
}

export function HullPanel({ account, shown, whatIf }: HullPanelProps) {
  const pool = shown.pool ?? undefined;
  const machine = { account: account.id, pool: solePool(shown), unit: account.unit };
  return (
    <section className={`${panel.panel} ${styles.panel}`} aria-label="Margin gauges">
      <Headline state={shown.riskState} ratio={shown.cells.marginRatio} pool={pool} />
      <div className={styles.hull}>
        <HullGauge
          ratio={shown.cells.marginRatio}
          state={shown.riskState}
          bands={shown.bands.marginRatio}
          freeboard={<MachinePart {...machine} part="freeboard" plain={figureText(FIGURES.uniformShock, shown.cells.uniformShock).shown} />}
          over={<MachinePart {...machine} part="hull" />}
          whatIfDraught={whatIf ? draughtOf(whatIf.cells.marginRatio, whatIf.riskState) : Number.NaN}
        />
      </div>
      <Bars unit={account.unit} shown={shown} pool={pool} machine={machine} />
      <MachinePart {...machine} part="line" />
      <p className={styles.statement}>
        <MachinePart {...machine} part="statement" view={{ account, shown }} />
      </p>
      <Age account={account} />
    </section>
  );
}
