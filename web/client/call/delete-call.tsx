import { useRef, useState } from 'react';
import type { ApiFault } from '../records/api-request.ts';
import { faultWords } from '../records/fault-words.ts';

type Deletion = { readonly kind: 'asked' } | { readonly kind: 'running' } | ApiFault;

/** Deletes the call, once the person has said so twice. */
export function DeleteCall({ onDelete }: { readonly onDelete: () => Promise<ApiFault | null> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [deletion, setDeletion] = useState<Deletion>({ kind: 'asked' });
  const remove = async () => {
    setDeletion({ kind: 'running' });
    const fault = await onDelete();
    if (fault !== null) setDeletion(fault);
  };
  return (
    <>
      <button
        type="button"
        className="button quiet-button delete"
        onClick={() => {
          setDeletion({ kind: 'asked' });
          dialog.current?.showModal();
        }}
      >
        Delete
      </button>
      <dialog className="confirm" ref={dialog} aria-labelledby="delete-title">
        <h2 id="delete-title">Delete this call?</h2>
        <p>Its transcript, recording and journal are deleted for good. There is no way back.</p>
        <p role="alert">
          {deletion.kind === 'locked' && 'You may not delete it: sign in anew.'}
          {deletion.kind !== 'asked' &&
            deletion.kind !== 'running' &&
            deletion.kind !== 'locked' &&
            `${faultWords(deletion).title}. ${faultWords(deletion).detail}`}
        </p>
        <div className="confirm-buttons">
          <button type="button" className="button quiet-button" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button
            type="button"
            className="button end"
            disabled={deletion.kind === 'running'}
            onClick={() => void remove()}
          >
            {deletion.kind === 'running' ? 'Deleting' : 'Delete for good'}
          </button>
        </div>
      </dialog>
    </>
  );
}
