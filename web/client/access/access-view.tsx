import '../records/plain-parsers.ts';
import { type LoginState, loginStateSchema } from '@parley/contracts/access-api';
import { useCallback, useEffect, useState } from 'react';
import { type ApiOutcome, requestJson } from '../records/api-request.ts';
import { FaultCard } from '../records/fault-card.tsx';
import { RecordsPage } from '../records/records-page.tsx';
import { KeysCard } from './keys-card.tsx';
import { PasswordCard } from './password-card.tsx';
import './access-view.css';

/** Who may use this server: its password, and the keys of programs. */
export function AccessView() {
  const [asked, setAsked] = useState<ApiOutcome<LoginState> | null>(null);
  const ask = useCallback(async () => {
    setAsked(await requestJson({ fetch: window.fetch, path: '/api/login', schema: loginStateSchema }));
  }, []);
  useEffect(() => void ask(), [ask]);

  if (asked === null) {
    return (
      <RecordsPage page="access" title="Access">
        <p role="status" className="visually-hidden">
          Loading
        </p>
      </RecordsPage>
    );
  }
  if (asked.kind !== 'ok' || asked.value.as === null) {
    const fault = asked.kind === 'ok' ? ({ kind: 'locked' } as const) : asked;
    return (
      <RecordsPage page="access" title="Access">
        <FaultCard fault={fault} onRetry={() => void ask()} />
      </RecordsPage>
    );
  }
  const { value: state } = asked;
  return (
    <RecordsPage page="access" title="Access">
      <h1>Access</h1>
      <p className="access-state">{STATE_WORDS[state.hasLogin ? 'password' : 'open']}</p>
      {state.scopes.includes('admin') ? (
        <div className="access-cards">
          <PasswordCard state={state} onChanged={() => void ask()} />
          <KeysCard />
        </div>
      ) : (
        <p>Only who runs the server may change its access.</p>
      )}
    </RecordsPage>
  );
}

const STATE_WORDS = {
  open: 'No password is set: pages on this machine itself are asked for nothing, others for the access key that was printed at the start.',
  password: 'Every page and program is asked for the password or a key, on this machine too.',
};
