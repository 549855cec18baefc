/** A place on the page that what the alarms know fills once it is there: rules on the gauges, what comes next, what old prices leave. */
import { lazy, type ReactNode, Suspense } from 'react';
import type { AccountView } from '../../store/types.ts';
import type { BarGaugeProps } from './bar-gauge.tsx';
import type { Shown } from './pools.ts';

const Machine = lazy(() => import('../later.ts').then((module) => ({ default: module.Machine })));

export interface MachineProps {
  readonly part: 'buffer' | 'freeboard' | 'hull' | 'line' | 'money' | 'statement';
  readonly account: string;
  /** The pool that is shown; '' for several together, of which nothing is known. */
  readonly pool: string;
  readonly unit: string;
  /** What stands there without. */
  readonly plain?: ReactNode;
  readonly bar?: BarGaugeProps;
  readonly view?: { readonly account: AccountView; readonly shown: Shown };
}

export const MachinePart = (props: MachineProps) => (
  <Suspense fallback={props.plain}>
    <Machine {...props} />
  </Suspense>
);
