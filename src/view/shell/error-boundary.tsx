/** Catches what breaks in a part of the page, so that the rest goes on and nobody mistakes a blank for calm. */
import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import styles from './error-boundary.module.css';

interface Props {
  /** What broke, as the user knows it: `The positions`. */
  readonly what: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <section role="alert" className={styles.broken}>
        <p>
          <strong>{this.props.what} cannot be shown.</strong> The account itself is untouched. {error.message}
        </p>
        <Button onClick={() => this.setState({ error: null })}>Try again</Button>
      </section>
    );
  }
}
