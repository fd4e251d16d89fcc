import type { CallMatch, ListedCall } from '@parley/contracts/calls-api';
import { memo } from 'react';
import { latencyWords } from '../latency/latency-words.ts';
import {
  CHANNEL_WORDS,
  callerWords,
  clockWords,
  DIRECTION_WORDS,
  instantWords,
  isTrouble,
  lastedMs,
  outcomeWords,
} from '../records/call-words.ts';
import { isoTime } from '../runtime/calendar.ts';
import { PageLink } from '../shell/page-link.tsx';
import { callPath } from '../shell/route.ts';
import { markedParts } from './marked-parts.ts';
import './calls-table.css';

/** The calls, the newest first. `titles`: what agents are called, by name. `nowMs` is since 1970. */
export function CallsTable({
  calls,
  titles,
  nowMs,
}: {
  readonly calls: readonly ListedCall[];
  readonly titles: ReadonlyMap<string, string>;
  readonly nowMs: number;
}) {
  return (
    <table className="calls-table">
      <caption className="visually-hidden">Calls, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Caller</th>
          <th scope="col">Agent</th>
          <th scope="col">Channel</th>
          <th scope="col">Started</th>
          <th scope="col" className="number">
            Duration
          </th>
          <th scope="col">Outcome</th>
          <th scope="col" className="number">
            Turns
          </th>
          <th scope="col" className="number">
            <abbr title="From the caller’s last sound to the answer’s first, the median of the call">
              Voice to voice
            </abbr>
          </th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <Row
            key={call.callId}
            call={call}
            agentTitle={titles.get(call.agent) ?? call.agent}
            durationMs={lastedMs(call, nowMs)}
          />
        ))}
      </tbody>
    </table>
  );
}

const Row = memo(function Row({
  call,
  agentTitle,
  durationMs,
}: {
  readonly call: ListedCall;
  readonly agentTitle: string;
  readonly durationMs: number | null;
}) {
  const { voiceToVoiceP50Ms } = call.latency;
  return (
    <tr data-state={call.state}>
      <th scope="row">
        <PageLink href={callPath(call.callId)} className="row-link">
          {callerWords(call)}
        </PageLink>
        {call.match && <Match match={call.match} />}
      </th>
      <td data-label="Agent">{agentTitle}</td>
      <td data-label="Channel">
        {CHANNEL_WORDS[call.channel]}
        <span className="quiet">, {DIRECTION_WORDS[call.direction].toLowerCase()}</span>
      </td>
      <td data-label="Started">
        <time dateTime={isoTime(call.createdAtMs)}>{instantWords(call.createdAtMs)}</time>
      </td>
      <td className="number" data-label="Duration">
        {durationMs === null ? <Absent words="not answered" /> : clockWords(durationMs)}
      </td>
      <td data-label="Outcome">
        <span className="outcome" data-state={call.state} data-trouble={isTrouble(call.endReason)}>
          {outcomeWords(call)}
        </span>
      </td>
      <td className="number" data-label="Turns">
        {call.turnCount}
      </td>
      <td className="number" data-label="Voice to voice">
        {voiceToVoiceP50Ms === null ? <Absent words="not measured" /> : latencyWords(voiceToVoiceP50Ms)}
      </td>
    </tr>
  );
});

function Absent({ words }: { readonly words: string }) {
  return (
    <span className="quiet">
      <span aria-hidden="true">–</span>
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

function Match({ match }: { readonly match: CallMatch }) {
  return (
    <span className="match">
      <span className="quiet">{match.role === 'agent' ? 'Agent: ' : 'Caller: '}</span>
      {markedParts(match).map(({ text, at, isHit }) =>
        isHit ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
      )}
    </span>
  );
}
