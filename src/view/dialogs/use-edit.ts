import { useState } from 'react';
import type { Edit, Fault } from '../../store/types.ts';
import { useActions } from '../shared/app-context.tsx';

export interface EditForm {
  readonly isBusy: boolean;
  /** Faults of the last try. */
  readonly faults: readonly Fault[];
  readonly send: (edit: Edit) => Promise<void>;
}

/** Sends an edit; closes when it is taken, keeps the faults when it is refused. */
export function useEdit(onClose: () => void): EditForm {
  const actions = useActions();
  const [isBusy, setIsBusy] = useState(false);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const send = async (edit: Edit): Promise<void> => {
    setIsBusy(true);
    const answer = await actions.edit(edit);
    setIsBusy(false);
    if (answer.ok) onClose();
    else setFaults(answer.faults);
  };
  return { isBusy, faults, send };
}

/** The fault of one field, by its name in the record. */
export const faultOf = (faults: readonly Fault[], field: string): Fault | undefined =>
  faults.find(({ pointer }) => pointer === `/${field}`);

/** Faults that belong to none of `fields`. */
export const otherFaults = (faults: readonly Fault[], fields: readonly string[]): readonly Fault[] =>
  faults.filter(({ pointer }) => !fields.some((field) => pointer === `/${field}`));
