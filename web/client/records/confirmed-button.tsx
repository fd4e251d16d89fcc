import { useId, useRef, useState } from 'react';
import type { ApiFault } from './api-request.ts';
import { faultWords } from './fault-words.ts';
import './confirmed-button.css';

type Progress = { readonly kind: 'asking' } | { readonly kind: 'running' } | ApiFault;

/** A button whose deed cannot be taken back, and is done once the person has said so twice. */
export function ConfirmedButton({
  label,
  shown = label,
  question,
  consequence,
  keep,
  confirm,
  act,
}: {
  /** The button's name. */
  readonly label: string;
  /** What of the name is to be seen, where the place says the rest. Default the name. */
  readonly shown?: string;
  readonly question: string;
  /** What will be, in a sentence. */
  readonly consequence: string;
  /** The way out. */
  readonly keep: string;
  readonly confirm: string;
  /** Resolves with what stood in the way, null where nothing did. */
  readonly act: () => Promise<ApiFault | null>;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [progress, setProgress] = useState<Progress>({ kind: 'asking' });
  const go = async () => {
    setProgress({ kind: 'running' });
    const fault = await act();
    if (fault !== null) return setProgress(fault);
    dialog.current?.close();
  };
  return (
    <>
      <button
        type="button"
        className="button quiet-button grave"
        aria-label={shown === label ? undefined : label}
        onClick={() => {
          setProgress({ kind: 'asking' });
          dialog.current?.showModal();
        }}
      >
        {shown}
      </button>
      <dialog className="confirm" ref={dialog} aria-labelledby={titleId}>
        <h2 id={titleId}>{question}</h2>
        <p>{consequence}</p>
        <p role="alert">{progressWords(progress)}</p>
        <div className="confirm-buttons">
          <button type="button" className="button quiet-button" onClick={() => dialog.current?.close()}>
            {keep}
          </button>
          <button
            type="button"
            className="button end"
            disabled={progress.kind === 'running'}
            onClick={() => void go()}
          >
            {confirm}
          </button>
        </div>
      </dialog>
    </>
  );
}

function progressWords(progress: Progress): string {
  switch (progress.kind) {
    case 'asking':
    case 'running':
      return '';
    case 'locked':
      return 'You are not signed in any more. Load the page again.';
    default: {
      const { title, detail } = faultWords(progress);
      return `${title}. ${detail}`;
    }
  }
}
