import { useState } from 'react';
import type { MicrophoneFault } from '../room/call-state.ts';
import { browserKind } from './browser-kind.ts';
import { MicrophoneIcon } from './icons.tsx';
import { microphoneHelp } from './microphone-help.ts';
import './microphone-card.css';

/** Why the microphone cannot be used, how to get it back, and the button that asks for it again. */
export function MicrophoneCard({
  fault,
  onRetry,
}: {
  readonly fault: MicrophoneFault;
  readonly onRetry: () => void;
}) {
  // On a phone the steps would push the talk away: they unfold at a touch.
  const [hasRoom] = useState(() => window.matchMedia('(min-width: 30rem) and (min-height: 45rem)').matches);
  const { title, steps, canRetry } = microphoneHelp(fault, browserKind(navigator));
  return (
    <section className="microphone-card" aria-label={title}>
      <h2>{title}</h2>
      <details open={hasRoom}>
        <summary>What to do</summary>
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </details>
      {canRetry && (
        <button type="button" className="button retry" onClick={onRetry}>
          <MicrophoneIcon />
          Try the microphone again
        </button>
      )}
    </section>
  );
}
