import { Component, type ReactNode } from 'react';

/** Stands in for a page whose files could not be had, as after an update of the server under an open window. */
export class LoadGuard extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main className="load-failed" role="alert">
        <h1>This page could not be shown</h1>
        <p>Parley may have been updated, or does not answer. Load the page again.</p>
        <button type="button" className="button start" onClick={() => window.location.reload()}>
          Load again
        </button>
      </main>
    );
  }
}
