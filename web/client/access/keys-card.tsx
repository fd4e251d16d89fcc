import {
  type ApiKey,
  apiKeyListSchema,
  type MadeApiKey,
  madeApiKeySchema,
  type Scope,
  scopeSchema,
} from '@parley/contracts/access-api';
import { type FormEvent, useCallback, useEffect, useState } from 'react';
import { type ApiFault, noAnswer, requestJson } from '../records/api-request.ts';
import { instantWords } from '../records/call-words.ts';
import { ConfirmedButton } from '../records/confirmed-button.tsx';
import { faultWords } from '../records/fault-words.ts';

const SCOPE_WORDS: Record<Scope, string> = {
  'calls:read': 'Read calls',
  'calls:listen': 'Hear recordings',
  'calls:dial': 'Begin, steer and end calls',
  'agents:write': 'Change agents',
  admin: 'Everything',
};

/** The keys of programs: made, shown once, and taken back. */
export function KeysCard() {
  const [keys, setKeys] = useState<readonly ApiKey[]>([]);
  const [made, setMade] = useState<MadeApiKey | null>(null);
  const [fault, setFault] = useState<ApiFault | null>(null);
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(['calls:read']));

  const load = useCallback(async () => {
    const asked = await requestJson({ fetch: window.fetch, path: '/api/keys', schema: apiKeyListSchema });
    if (asked.kind === 'ok') setKeys(asked.value.keys);
    setFault(asked.kind === 'ok' ? null : asked);
  }, []);
  useEffect(() => void load(), [load]);

  const make = async (event: FormEvent) => {
    event.preventDefault();
    const asked = await requestJson({
      fetch: window.fetch,
      path: '/api/keys',
      schema: madeApiKeySchema,
      method: 'POST',
      body: { name, scopes: [...scopes] },
    });
    if (asked.kind !== 'ok') return setFault(asked);
    setMade(asked.value);
    setName('');
    await load();
  };
  const revoke = async (keyId: string) => {
    const path = `/api/keys/${encodeURIComponent(keyId)}`;
    const asked = await requestJson({ fetch: window.fetch, path, schema: noAnswer, method: 'DELETE' });
    if (asked.kind !== 'ok' && asked.kind !== 'missing') return asked;
    await load();
    return null;
  };
  const choose = (scope: Scope, isChosen: boolean) => {
    const next = new Set(scopes);
    if (isChosen) next.add(scope);
    else next.delete(scope);
    setScopes(next);
  };

  return (
    <section className="card" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys for programs</h2>
      <p className="quiet">
        A program sends its key as <code>Authorization: Bearer</code>. A key that may not do everything sees
        the calls that were begun with it, and no others.
      </p>
      {made && <MadeKey made={made} />}
      {keys.length > 0 && (
        <ul className="keys">
          {keys.map((key) => (
            <li key={key.keyId}>
              <div>
                <strong>{key.name}</strong>
                <p className="quiet">
                  {key.scopes.map((scope) => SCOPE_WORDS[scope]).join(', ')}. Made{' '}
                  {instantWords(key.createdAtMs)},{' '}
                  {key.lastUsedAtMs === null ? 'never used' : `last used ${instantWords(key.lastUsedAtMs)}`}.
                </p>
              </div>
              <ConfirmedButton
                label={`Revoke ${key.name}`}
                shown="Revoke"
                question={`Revoke ${key.name}?`}
                consequence="Programs that use it are refused from now on. The calls that were begun with it stay."
                keep="Keep it"
                confirm="Revoke it now"
                act={() => revoke(key.keyId)}
              />
            </li>
          ))}
        </ul>
      )}
      <form className="access-form" onSubmit={(event) => void make(event)}>
        <label className="field">
          <span>What the key is for</span>
          <input
            type="text"
            required
            maxLength={100}
            autoComplete="off"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <fieldset className="scopes">
          <legend>What it may</legend>
          {scopeSchema.options.map((scope) => (
            <label key={scope}>
              <input
                type="checkbox"
                checked={scopes.has(scope)}
                onChange={({ target }) => choose(scope, target.checked)}
              />
              {SCOPE_WORDS[scope]}
            </label>
          ))}
        </fieldset>
        <p className="form-outcome" role="alert">
          {fault && fault.kind !== 'locked' && faultWords(fault).detail}
          {fault?.kind === 'locked' && 'You are not signed in any more. Load the page again.'}
        </p>
        <div className="form-buttons">
          <button type="submit" className="button start" disabled={scopes.size === 0}>
            Make a key
          </button>
        </div>
      </form>
    </section>
  );
}

/** The only time that a key is shown. */
function MadeKey({ made: { name, key } }: { readonly made: MadeApiKey }) {
  const [isCopied, setCopied] = useState(false);
  // Without a secure connection there is no clipboard: the key is marked and copied by hand.
  const copy = () =>
    void navigator.clipboard?.writeText(key).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className="made-key" role="status">
      <p>
        <strong>{name}</strong>: copy the key now. It is not shown again.
      </p>
      <code>{key}</code>
      <button type="button" className="button quiet-button" onClick={copy}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}
