import type { ComponentProps } from 'react';
import styles from './button.module.css';

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: 'plain' | 'quiet' | 'primary' | 'what-if';
}

/** A button; `quiet` has no border until it is pointed at. */
export function Button({ look = 'plain', className, ...rest }: ButtonProps) {
  return <button type="button" {...rest} data-look={look} className={className ? `${styles.button} ${className}` : styles.button} />;
}

interface IconButtonProps extends Omit<ButtonProps, 'aria-label' | 'title'> {
  readonly label: string;
}

/** A button that shows an icon only; its name is read out and shown on hover. */
export function IconButton({ label, className, look = 'quiet', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      data-look={look}
      aria-label={label}
      title={label}
      className={[styles.button, styles.icon, className].filter(Boolean).join(' ')}
    />
  );
}
