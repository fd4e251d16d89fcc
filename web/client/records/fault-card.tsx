import { AccessGate } from './access-gate.tsx';
import type { ApiFault } from './api-request.ts';
import { faultWords } from './fault-words.ts';

/** What went wrong with a page of the record, and what to do. */
export function FaultCard({ fault, onRetry }: { readonly fault: ApiFault; readonly onRetry: () => void }) {
  if (fault.kind === 'locked') return <AccessGate onOpened={onRetry} />;
  const { title, detail } = faultWords(fault);
  return (
    <section className="notice-card" role="alert">
      <h1>{title}</h1>
      <p>{detail}</p>
      {fault.kind !== 'missing' && (
        <button type="button" className="button start" onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}
