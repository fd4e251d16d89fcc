import { loginStateSchema } from '@parley/contracts/access-api';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { type AccessOutcome, submitSecret } from '../room/access-key.ts';
import '../talk/access-key-form.css';
import { requestJson } from './api-request.ts';

type Check = 'open' | 'running' | Exclude<AccessOutcome, 'accepted'>;

/** Asks for what the server wants to see before it shows its calls: the password of its login, or its access key. */
export function AccessGate({ onOpened }: { readonly onOpened: () => void }) {
  const [hasLogin, setHasLogin] = useState<boolean | null>(null);
  const [secret, setSecret] = useState('');
  const [check, setCheck] = useState<Check>('open');
  const [fieldId, answerId] = [useId(), useId()];

  useEffect(() => {
    const left = new AbortController();
    const ask = async () => {
      const state = await requestJson({
        fetch: window.fetch,
        path: '/api/login',
        schema: loginStateSchema,
        signal: left.signal,
      });
      setHasLogin(state.kind === 'ok' && state.value.hasLogin);
    };
    // The page was left while it asked.
    ask().catch(() => undefined);
    return () => left.abort(new Error('the page was left'));
  }, []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (secret.trim() === '') return;
    setCheck('running');
    const outcome = await submitSecret({ fetch: window.fetch, secret: secret.trim() });
    if (outcome === 'accepted') return onOpened();
    setCheck(outcome);
  };

  if (hasLogin === null) return null;
  const what = hasLogin ? 'password' : 'access key';
  return (
    <section className="notice-card">
      <h1>{hasLogin ? 'Sign in' : 'This server asks for its access key'}</h1>
      <p>
        {hasLogin
          ? 'This server is open to who has its password.'
          : 'It was printed when the server was started.'}
      </p>
      <form className="access" onSubmit={(event) => void submit(event)}>
        <label htmlFor={fieldId}>{hasLogin ? 'Password' : 'Access key'}</label>
        <input
          id={fieldId}
          type="password"
          autoComplete="current-password"
          value={secret}
          aria-invalid={check === 'rejected'}
          aria-describedby={answerId}
          onChange={(event) => setSecret(event.target.value)}
        />
        <p id={answerId} role="alert">
          {check === 'rejected' && `This is not the ${what}.`}
          {check === 'tooOften' && 'Too many tries. Wait a minute, then try again.'}
          {check === 'unreachable' && 'The server does not answer. Try again in a moment.'}
        </p>
        <button type="submit" className="button start" disabled={check === 'running'}>
          {check === 'running' ? 'Checking' : 'Continue'}
        </button>
      </form>
    </section>
  );
}
