import type { CallDetail, CallMoment, RecordedTurn } from '@parley/contracts/call-record';
import { Fragment, memo, useEffect, useMemo, useRef } from 'react';
import { LatencyWaterfall } from '../latency/latency-waterfall.tsx';
import { callerWords, clockWords } from '../records/call-words.ts';
import { lightWords } from './light-words.ts';
import type { Player } from './player.ts';
import { timedWords } from './timed-words.ts';
import { timelineOf } from './timeline.ts';
import { ToolCard } from './tool-card.tsx';
import { turnKey } from './turn-key.ts';
import { indexWords } from './word-index.ts';
import './call-transcript.css';

/** What was said and done, word by word in step with the recording. `player` is null where there is none. */
export function CallTranscript({
  call,
  agentTitle,
  player,
  follows,
}: {
  readonly call: CallDetail;
  readonly agentTitle: string;
  readonly player: Player | null;
  /** The sounding words are kept in sight. */
  readonly follows: boolean;
}) {
  const frame = useRef<HTMLOListElement>(null);
  const { turns } = call;
  const entries = useMemo(() => timelineOf(call), [call]);

  useEffect(() => {
    const { current } = frame;
    if (!current || player === null) return;
    return lightWords({ transcript: current, words: indexWords(turns), player, follows });
  }, [player, turns, follows]);

  useEffect(() => {
    const { current } = frame;
    if (!current || player === null) return;
    const seek = ({ target }: MouseEvent) => {
      // Who marks words to copy them wants no jump.
      if (!(target instanceof HTMLElement) || !window.getSelection()?.isCollapsed) return;
      const { startMs } = target.dataset;
      if (startMs !== undefined) player.playFrom(Number(startMs));
    };
    current.addEventListener('click', seek);
    return () => current.removeEventListener('click', seek);
  }, [player]);

  const callerName = callerWords(call);
  if (entries.length === 0)
    return (
      <p className="nothing-said">{call.state === 'ended' ? 'Nothing was said.' : 'Nothing was said yet.'}</p>
    );
  return (
    <ol className="timeline" ref={frame} data-seekable={player !== null}>
      {entries.map((entry) => {
        switch (entry.kind) {
          case 'turn':
            return (
              <Turn
                key={turnKey(entry.turn)}
                turn={entry.turn}
                name={entry.turn.role === 'agent' ? agentTitle : callerName}
                player={player}
              />
            );
          case 'tool':
            return <ToolCard key={`tool ${entry.tool.toolCallId}`} tool={entry.tool} />;
          case 'moment':
            return (
              <Moment
                key={`${entry.moment.kind} ${entry.atMs} ${entry.moment.label}`}
                moment={entry.moment}
              />
            );
        }
      })}
    </ol>
  );
}

const Turn = memo(function Turn({
  turn,
  name,
  player,
}: {
  readonly turn: RecordedTurn;
  readonly name: string;
  readonly player: Player | null;
}) {
  const key = turnKey(turn);
  return (
    <li className="said-turn" data-role={turn.role} data-turn={key}>
      <p className="said-by">
        <strong>{name}</strong>
        {player ? (
          <button type="button" className="from-here" onClick={() => player.playFrom(turn.startedAtMs)}>
            <span className="visually-hidden">Play from </span>
            {clockWords(turn.startedAtMs)}
          </button>
        ) : (
          <span className="from-here">{clockWords(turn.startedAtMs)}</span>
        )}
        <Labels turn={turn} />
      </p>
      <p className="said-words">
        {timedWords(turn).map(({ text, at, span }) => {
          const word = text.trimEnd();
          return (
            <Fragment key={at}>
              <span className="word" data-word={at} data-start-ms={span?.startMs}>
                {word}
              </span>
              {text.slice(word.length)}
            </Fragment>
          );
        })}
        {turn.role === 'agent' && turn.unheard && (
          <>
            {' '}
            <span className="visually-hidden">not heard: </span>
            <s className="unheard">{turn.unheard}</s>
          </>
        )}
      </p>
      {turn.role === 'agent' && <LatencyWaterfall latency={turn.latency} />}
    </li>
  );
});

/** What is to be known of a turn beside its words. */
function Labels({ turn }: { readonly turn: RecordedTurn }) {
  if (turn.role === 'agent') return turn.isInterrupted && <em className="label caution">interrupted</em>;
  return (
    <>
      {turn.source === 'chat' && <em className="label">typed</em>}
      {turn.isUnintelligible && <em className="label caution">not understood</em>}
      {!turn.hasFloor && (
        <em className="label" title="Said over the agent, or when it could not be answered">
          in passing
        </em>
      )}
    </>
  );
}

const MOMENT_WORDS: Record<CallMoment['kind'], string> = {
  agent_lost: 'The agent was lost',
  agent_resumed: 'The agent went on',
  interrupted: 'Interrupted',
  false_hold: 'The agent paused for a sound, and went on',
  tool_started: 'Tool started',
  tool_finished: 'Tool finished',
  node_entered: 'Step',
  recording_paused: 'The recording paused',
  recording_resumed: 'The recording went on',
  recording_incomplete: 'Sound is missing in the recording',
  stage_failed: 'A stage failed',
  provider_switched: 'Another provider from here',
};
const TROUBLE: readonly CallMoment['kind'][] = ['agent_lost', 'recording_incomplete', 'stage_failed'];

function Moment({ moment: { kind, label, atMs } }: { readonly moment: CallMoment }) {
  return (
    <li className="moment" data-trouble={TROUBLE.includes(kind)}>
      <span className="from-here">{clockWords(atMs)}</span>
      <span>
        {MOMENT_WORDS[kind]}
        {label && <span className="moment-label">{label}</span>}
      </span>
    </li>
  );
}
