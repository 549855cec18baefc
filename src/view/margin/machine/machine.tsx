/** Fills the places of the margin page that depend on the alarms' outlook of one pool. */
import { useCallback } from 'react';
import type { AppState } from '../../../store/types.ts';
import { useApp } from '../../shared/app-context.tsx';
import panel from '../../ui/panel.module.css';
import { BarGauge } from '../bar-gauge.tsx';
import { placeOn } from '../bar-geometry.ts';
import type { MachineProps } from '../machine-part.tsx';
import { ownStatement, worseWords } from '../statement.ts';
import { type AgedText, agedText, selectOutlookOf } from './aged.ts';
import styles from './machine.module.css';
import { MachineLine } from './machine-line.tsx';
import { BarRules, HullRules } from './rule-lines.tsx';

/** A figure after what may have moved unseen; struck through, and said so, once its prices are lost. */
function Aged({ text, aged }: { readonly text: string; readonly aged: AgedText }) {
  return aged.isStruck ? (
    <>
      <s>{text}</s>
      <span className={panel.hidden}> no longer valid</span>
    </>
  ) : (
    text
  );
}

function Buffer({ bar, outlook, aged }: Looked & { readonly bar: MachineProps['bar'] | undefined }) {
  if (!bar) return null;
  const over = outlook && <BarRules outlook={outlook} />;
  if (!aged || aged.distance === '') return <BarGauge {...bar} over={over} />;
  const shown = `${aged.distance} left`;
  return (
    <BarGauge
      {...bar}
      over={
        <>
          {bar.drawn > aged.drawn && (
            <span
              className={styles.unseen}
              style={{
                insetInlineStart: `${placeOn(bar.scale, aged.drawn)}%`,
                inlineSize: `${placeOn(bar.scale, bar.drawn) - placeOn(bar.scale, aged.drawn)}%`,
              }}
            />
          )}
          {over}
        </>
      }
      shown={
        <>
          <Aged text={shown} aged={aged} />
          <span className={styles.money}> · {aged.isStruck ? <s>{aged.money}</s> : aged.money}</span>
        </>
      }
      valueText={`${shown}, ${aged.money}, ${aged.words}`}
      value={aged.drawn}
      drawn={aged.drawn}
    />
  );
}

interface Looked {
  readonly outlook: ReturnType<ReturnType<typeof selectOutlookOf>>;
  readonly aged: AgedText | undefined;
}

/** What is shown and the pools that are worse off; of old prices what they leave. */
function Statement({ aged, account, shown }: Pick<Looked, 'aged'> & NonNullable<MachineProps['view']>) {
  const left = aged?.isStruck ? 'The distance to liquidation is' : `${aged?.distance} left to liquidation:`;
  return (aged?.distance ? `${left} ${aged.words}.` : ownStatement(account, shown)) + worseWords(account, shown);
}

export function Machine({ part, account, pool, unit, plain, bar, view }: MachineProps) {
  const outlook = useApp(useCallback((state: AppState) => selectOutlookOf(account, pool)(state), [account, pool]));
  const aged = agedText(outlook?.aged, unit);
  switch (part) {
    case 'buffer':
      return <Buffer bar={bar} outlook={outlook} aged={aged} />;
    case 'freeboard':
      return aged?.distance ? <tspan textDecoration={aged.isStruck ? 'line-through' : 'none'}>{aged.distance}</tspan> : plain;
    case 'hull':
      return outlook && <HullRules outlook={outlook} />;
    case 'line':
      return outlook && <MachineLine outlook={outlook} />;
    case 'statement':
      return view && <Statement aged={aged} {...view} />;
    case 'money':
      return aged?.money ? (
        <>
          <Aged text={aged.money} aged={aged} />
          <small className={styles.note}>{aged.short}</small>
        </>
      ) : (
        plain
      );
  }
}
