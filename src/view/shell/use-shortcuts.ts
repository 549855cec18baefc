import { useEffect, useRef } from 'react';
import { selectIsWhatIf, selectShortcuts } from '../../store/selectors.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { type ShortcutName, shortcutOf } from './shortcuts.ts';

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target instanceof HTMLInputElement && target.type !== 'range' && target.type !== 'checkbox'));

const isSomethingOpen = (): boolean => document.querySelector('dialog[open], [popover]:popover-open') !== null;

/** Runs `run` for the page's shortcuts, and leaves the what-if on Escape when nothing else is open to be closed. */
export function useShortcuts(run: (name: ShortcutName) => void): void {
  const areOn = useApp(selectShortcuts);
  const isWhatIf = useApp(selectIsWhatIf);
  const actions = useActions();
  const newest = useRef({ run, areOn, isWhatIf });
  newest.current = { run, areOn, isWhatIf };
  useEffect(() => {
    // Decided while the key goes down, before a dialog that answers the same Escape is gone.
    const onKeyDown = (event: KeyboardEvent): void => {
      if (isSomethingOpen()) return;
      if (event.key === 'Escape' && newest.current.isWhatIf) {
        actions.clearWhatIf();
        return;
      }
      const name = newest.current.areOn ? shortcutOf(event, isField(event.target)) : undefined;
      if (!name) return;
      event.preventDefault();
      newest.current.run(name);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [actions]);
}
