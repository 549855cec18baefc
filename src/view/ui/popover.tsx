/** A popover beside the button that opens it: the platform's own, closed by Escape or a click elsewhere. */
import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import styles from './popover.module.css';

interface PopoverProps {
  /** What the button shows. */
  readonly trigger: ReactNode;
  readonly triggerProps?: Omit<ComponentProps<'button'>, 'popoverTarget'>;
  /** Accessible name of what opens. */
  readonly label: string;
  /** Rendered only while open. */
  readonly children: (close: () => void) => ReactNode;
}

export function Popover({ trigger, triggerProps, label, children }: PopoverProps) {
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" {...triggerProps} popoverTarget={id} aria-haspopup="dialog" aria-expanded={isOpen}>
        {trigger}
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        className={styles.popover}
        onToggle={(event) => setIsOpen(event.newState === 'open')}
      >
        {isOpen && children(() => document.getElementById(id)?.hidePopover())}
      </div>
    </>
  );
}
