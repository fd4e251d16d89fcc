import { type FormEvent, useState } from 'react';
import type { CallState } from '../room/call-state.ts';
import './access-key-form.css';

/** Asks for the access key of the server. */
export function AccessKeyForm({
  check,
  onSubmit,
}: {
  readonly check: Extract<CallState, { phase: 'locked' }>['check'];
  readonly onSubmit: (key: string) => void;
}) {
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim()) onSubmit(key.trim());
  };
  return (
    <form className="access" onSubmit={submit}>
      <label htmlFor="access-key">Access key or password</label>
      <input
        id="access-key"
        type="password"
        autoComplete="current-password"
        // biome-ignore lint/a11y/noAutofocus: the form takes the place of the button that was just pressed.
        autoFocus
        value={key}
        aria-invalid={check === 'rejected'}
        aria-describedby="access-key-answer"
        onChange={(event) => setKey(event.target.value)}
      />
      <p id="access-key-answer" role="alert">
        {check === 'rejected' && 'This is not the key. Look at the start of the server’s output again.'}
        {check === 'tooOften' && 'Too many tries. Wait a minute, then try again.'}
        {check === 'unreachable' && 'The server does not answer. Try again in a moment.'}
      </p>
      <button type="submit" className="button start" disabled={check === 'running'}>
        {check === 'running' ? 'Checking' : 'Continue'}
      </button>
    </form>
  );
}
