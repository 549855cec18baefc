import { useEffect, useRef } from 'react';
import { selectIsWhatIf, selectShortcuts } from '../../store/selectors.ts';
import { useActions, useApp } from '../shared/app-context.tsx';
import { prefixOf, type ShortcutName, shortcutOf } from './shortcuts.ts';

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target instanceof HTMLInputElement && target.type !== 'range' && target.type !== 'checkbox'));

const isSomethingOpen = (): boolean => document.querySelector('dialog[open], [popover]:popover-open') !== null;

/** The second letter of a shortcut comes within this time. */
const PREFIX_MS = 1000;

/** Runs `run` for the page's shortcuts, and leaves the what-if on Escape when nothing else is open to be closed. */
export function useShortcuts(run: (name: ShortcutName) => void): void {
  const areOn = useApp(selectShortcuts);
  const isWhatIf = useApp(selectIsWhatIf);
  const actions = useActions();
  const newest = useRef({ run, areOn, isWhatIf });
  newest.current = { run, areOn, isWhatIf };
  useEffect(() => {
    let prefix = { text: '', atMs: Number.NEGATIVE_INFINITY };
    // Decided while the key goes down, before a dialog that answers the same Escape is gone.
    const onKeyDown = (event: KeyboardEvent): void => {
      if (isSomethingOpen()) return;
      if (event.key === 'Escape' && newest.current.isWhatIf) {
        actions.clearWhatIf();
        return;
      }
      if (!newest.current.areOn) return;
      const before = event.timeStamp - prefix.atMs < PREFIX_MS ? prefix.text : '';
      const name = shortcutOf(event, isField(event.target), before) ?? shortcutOf(event, isField(event.target));
      prefix = { text: name ? '' : prefixOf(event, isField(event.target)), atMs: event.timeStamp };
      if (!name) return;
      event.preventDefault();
      newest.current.run(name);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [actions]);
}
