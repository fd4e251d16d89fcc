import '../records/plain-parsers.ts';
import type { CallDetail } from '@parley/contracts/call-record';
import type { Peaks } from '@parley/contracts/calls-api';
import { useEffect, useState } from 'react';
import { callerWords, lastedMs } from '../records/call-words.ts';
import { FaultCard } from '../records/fault-card.tsx';
import { followLiveCalls } from '../records/live-calls.ts';
import { RecordsPage } from '../records/records-page.tsx';
import { useAgents } from '../records/use-agents.ts';
import { useDesk, useDeskView } from '../records/use-desk.ts';
import { browserClockZeroEpochMs } from '../runtime/clock.ts';
import { PageLink } from '../shell/page-link.tsx';
import { CALLS_PATH } from '../shell/route.ts';
import { useShell } from '../shell/shell-context.ts';
import { useNow } from '../talk/use-now.ts';
import { CallActions } from './call-actions.tsx';
import { type CallDesk, createCallDesk, hasSound } from './call-desk.ts';
import { CallFacts, CallUsage } from './call-facts.tsx';
import { CallTranscript } from './call-transcript.tsx';
import { createPlayer, type Player } from './player.ts';
import { PlayerBar } from './player-bar.tsx';
import { usePlayKey } from './use-play-key.ts';
import { Waveform } from './waveform.tsx';
import './call-view.css';

/** One call of the record: what was said and done, its sound, and where its time went. */
export function CallView({ callId }: { readonly callId: string }) {
  const { clock } = useShell();
  const desk = useDesk(() =>
    createCallDesk({
      fetch: window.fetch,
      callId,
      followLive: (handlers) => followLiveCalls({ clock, ...handlers }),
    }),
  );
  const view = useDeskView(desk);
  if (desk === null || view === null || view.phase === 'loading') {
    return (
      <RecordsPage page="call" title="Call">
        <p role="status" className="visually-hidden">
          Loading the call
        </p>
      </RecordsPage>
    );
  }
  switch (view.phase) {
    case 'failed':
      return (
        <RecordsPage page="call" title="Call">
          <BackToCalls />
          <FaultCard fault={view.fault} onRetry={desk.retry} />
        </RecordsPage>
      );
    case 'deleted':
      return (
        <RecordsPage page="call" title="Call">
          <section className="notice-card" role="status">
            <h1>The call was deleted</h1>
            <p>Nothing of it is kept.</p>
            <PageLink className="button start" href={CALLS_PATH}>
              Back to calls
            </PageLink>
          </section>
        </RecordsPage>
      );
    case 'ready':
      return <ReadyCall call={view.call} peaks={view.peaks} desk={desk} />;
  }
}

function ReadyCall({
  call,
  peaks,
  desk,
}: {
  readonly call: CallDetail;
  readonly peaks: Peaks | null;
  readonly desk: CallDesk;
}) {
  const { clock } = useShell();
  const isRunning = call.state === 'active';
  const durationMs = lastedMs(call, useNow(clock, isRunning) + browserClockZeroEpochMs());
  const agents = useAgents();
  const agentTitle = agents.find(({ name }) => name === call.agent)?.title ?? call.agent;
  const [follows, setFollows] = useState(true);
  const player = usePlayer(call);
  usePlayKey(player);
  const title = callerWords(call);
  return (
    <RecordsPage page="call" title={title}>
      <BackToCalls />
      <header className="call-head">
        <h1>{title}</h1>
        <CallActions call={call} desk={desk} />
      </header>
      <SoundNote call={call} />
      {player && (
        <section className="player" aria-label="Recording">
          <Sound call={call} peaks={peaks} player={player} />
          <PlayerBar player={player} follows={follows} onFollow={setFollows} />
        </section>
      )}
      <div className="call-columns">
        <section className="card" aria-labelledby="transcript-title">
          <h2 id="transcript-title">Transcript</h2>
          <CallTranscript call={call} agentTitle={agentTitle} player={player} follows={follows} />
        </section>
        <aside className="call-side">
          <section className="card" aria-labelledby="facts-title">
            <h2 id="facts-title">Call</h2>
            <CallFacts call={call} agentTitle={agentTitle} durationMs={durationMs} />
          </section>
          <section className="card" aria-labelledby="usage-title">
            <h2 id="usage-title">Usage</h2>
            <CallUsage call={call} />
          </section>
          <section className="card replay" aria-labelledby="replay-title">
            <h2 id="replay-title">Decide it again</h2>
            <p>
              The journal holds each event and each decision. Download it, and see what the engine of today
              would do:
            </p>
            <pre>npm run replay -- {call.callId}.ndjson</pre>
          </section>
        </aside>
      </div>
    </RecordsPage>
  );
}

function Sound({
  call,
  peaks,
  player,
}: {
  readonly call: CallDetail;
  readonly peaks: Peaks | null;
  readonly player: Player;
}) {
  const [durationMs, setDurationMs] = useState(player.view().durationMs);
  useEffect(() => {
    const tell = () => setDurationMs(player.view().durationMs);
    tell();
    return player.subscribe(tell);
  }, [player]);
  return <Waveform call={call} peaks={peaks} player={player} durationMs={durationMs} />;
}

function BackToCalls() {
  return (
    <p className="back">
      <PageLink href={CALLS_PATH}>
        <span aria-hidden="true">← </span>Calls
      </PageLink>
    </p>
  );
}

/** What is to be known of the recording where it is not simply there. */
function SoundNote({ call: { recording, state } }: { readonly call: CallDetail }) {
  switch (recording) {
    case 'ready':
      return null;
    case 'incomplete':
      return (
        <p className="sound-note caution">Sound is missing in the recording; the transcript says where.</p>
      );
    case 'none':
      return state === 'ended' && <p className="sound-note">There is no recording of this call.</p>;
    case 'pending':
      return (
        <p className="sound-note">
          {state === 'ended'
            ? 'The recording is being put together.'
            : 'The recording can be played once the call is over.'}
        </p>
      );
  }
}

/** A player as long as the call is shown; null where there is no sound. */
function usePlayer(call: CallDetail): Player | null {
  const [player, setPlayer] = useState<Player | null>(null);
  const { callId, durationMs } = call;
  const canPlay = hasSound(call);
  useEffect(() => {
    if (!canPlay) return;
    const made = createPlayer({
      url: `/api/calls/${encodeURIComponent(callId)}/recording`,
      fallbackDurationMs: durationMs ?? 0,
    });
    setPlayer(made);
    return () => {
      setPlayer(null);
      made.close();
    };
  }, [callId, canPlay, durationMs]);
  return player;
}
