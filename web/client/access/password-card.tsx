import { type LoginState, PASSWORD_LENGTH } from '@parley/contracts/access-api';
import { type FormEvent, useState } from 'react';
import { noAnswer, requestJson } from '../records/api-request.ts';
import { faultWords } from '../records/fault-words.ts';

/** Sets the password of the server, the first one or another, and ends this page's login. */
export function PasswordCard({
  state: { hasLogin, as },
  onChanged,
}: {
  readonly state: LoginState;
  readonly onChanged: () => void;
}) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [outcome, setOutcome] = useState<{ readonly isGood: boolean; readonly words: string } | null>(null);
  const asksCurrent = as === 'login';

  const order = async (method: 'PUT' | 'DELETE', body?: unknown) => {
    const asked = await requestJson({
      fetch: window.fetch,
      path: '/api/login',
      schema: noAnswer,
      method,
      body,
    });
    if (asked.kind === 'ok') return true;
    const words = asked.kind === 'locked' ? 'This is not the password.' : faultWords(asked).detail;
    setOutcome({ isGood: false, words });
    return false;
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (password !== again) return setOutcome({ isGood: false, words: 'The two passwords differ.' });
    if (!(await order('PUT', { password, ...(asksCurrent && { currentPassword: current }) }))) return;
    setOutcome({ isGood: true, words: 'The password is set. Every other login has ended.' });
    for (const clear of [setCurrent, setPassword, setAgain]) clear('');
    onChanged();
  };
  const signOut = async () => {
    if (await order('DELETE')) onChanged();
  };

  return (
    <section className="card" aria-labelledby="password-title">
      <h2 id="password-title">{hasLogin ? 'Password' : 'Set a password'}</h2>
      <form className="access-form" onSubmit={(event) => void save(event)}>
        {/* For password stores, which know a login by its name. */}
        <input type="text" name="username" autoComplete="username" value="Parley" readOnly hidden />
        {asksCurrent && (
          <Secret label="Password until now" kind="current-password" value={current} onChange={setCurrent} />
        )}
        <Secret label="New password" kind="new-password" value={password} onChange={setPassword} />
        <Secret label="The same again" kind="new-password" value={again} onChange={setAgain} />
        <p className="quiet">At least {PASSWORD_LENGTH.min} characters.</p>
        <p className="form-outcome" data-good={outcome?.isGood} role="alert">
          {outcome?.words}
        </p>
        <div className="form-buttons">
          <button type="submit" className="button start">
            {hasLogin ? 'Change it' : 'Set it'}
          </button>
          {as === 'login' && (
            <button type="button" className="button quiet-button" onClick={() => void signOut()}>
              Sign out
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

function Secret({
  label,
  kind,
  value,
  onChange,
}: {
  readonly label: string;
  readonly kind: 'current-password' | 'new-password';
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="password"
        autoComplete={kind}
        required
        minLength={kind === 'new-password' ? PASSWORD_LENGTH.min : 1}
        maxLength={PASSWORD_LENGTH.max}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}
