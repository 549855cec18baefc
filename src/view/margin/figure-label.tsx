/** The name of a figure, which opens its help. */
import { lazy, Suspense } from 'react';
import { useOverlay } from '../shared/overlay.tsx';
import { Popover } from '../ui/popover.tsx';
import styles from './figure-label.module.css';
import type { FigureSpec } from './figures.ts';

const FigureHelp = lazy(() => import('../later.ts').then((module) => ({ default: module.FigureHelp })));

interface FigureLabelProps {
  readonly spec: FigureSpec;
  /** Every digit, or why there is no number. */
  readonly full: string;
  readonly unit: string;
  /** Pool whose figure this is; absent for the account's. */
  readonly pool?: string | undefined;
}

export function FigureLabel({ spec, full, unit, pool }: FigureLabelProps) {
  const open = useOverlay();
  return (
    <Popover trigger={spec.label} triggerProps={{ className: styles.trigger }} label={`About ${spec.label.toLowerCase()}`}>
      {(close) => (
        <Suspense>
          <FigureHelp
            name={spec.name}
            pool={pool}
            full={`${full} ${unit}`}
            onWorking={() => {
              close();
              open({ kind: 'working', figure: spec.name, ...(pool === undefined ? {} : { pool }) });
            }}
          />
        </Suspense>
      )}
    </Popover>
  );
}
