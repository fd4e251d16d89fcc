import type { CallDetail, ModelUsage } from '@parley/contracts/call-record';
import type { ReactNode } from 'react';
import { latencyWords } from '../latency/latency-words.ts';
import {
  CHANNEL_WORDS,
  clockWords,
  DIRECTION_WORDS,
  instantWords,
  isTrouble,
  outcomeWords,
} from '../records/call-words.ts';
import { isoTime } from '../runtime/calendar.ts';
import { PageLink } from '../shell/page-link.tsx';
import { callPath } from '../shell/route.ts';
import { costWords, countWords } from './usage-words.ts';

/** What is known of a call beside what was said. */
export function CallFacts({
  call,
  agentTitle,
  durationMs,
}: {
  readonly call: CallDetail;
  readonly agentTitle: string;
  readonly durationMs: number | null;
}) {
  const { voiceToVoiceP50Ms, voiceToVoiceP95Ms, answers } = call.latency;
  return (
    <dl className="facts">
      <Fact name="Outcome">
        <span className="outcome" data-state={call.state} data-trouble={isTrouble(call.endReason)}>
          {outcomeWords(call)}
        </span>
      </Fact>
      <Fact name="Agent">
        {agentTitle}
        {call.agentVersion !== null && <span className="quiet">, version {call.agentVersion}</span>}
      </Fact>
      <Fact name="Channel">
        {CHANNEL_WORDS[call.channel]}, {DIRECTION_WORDS[call.direction].toLowerCase()}
      </Fact>
      <Fact name="Started">
        <time dateTime={isoTime(call.createdAtMs)}>{instantWords(call.createdAtMs)}</time>
      </Fact>
      <Fact name="Duration">{durationMs === null ? 'Not answered' : clockWords(durationMs)}</Fact>
      <Fact name="Turns">{call.turnCount}</Fact>
      <Fact name="Voice to voice">
        {voiceToVoiceP50Ms === null ? (
          'Not measured'
        ) : (
          <>
            {latencyWords(voiceToVoiceP50Ms)}
            <span className="quiet">
              {' '}
              median{voiceToVoiceP95Ms !== null && `, p95 ${latencyWords(voiceToVoiceP95Ms)}`}, of {answers}{' '}
              {answers === 1 ? 'answer' : 'answers'}
            </span>
          </>
        )}
      </Fact>
      {call.tags.length > 0 && <Fact name="Tags">{call.tags.join(', ')}</Fact>}
      {call.continuesCallId !== null && (
        <Fact name="Goes on from">
          <PageLink href={callPath(call.continuesCallId)}>an earlier call</PageLink>
        </Fact>
      )}
      <Fact name="Room">
        <code>{call.roomName}</code>
      </Fact>
      <Fact name="Call">
        <code>{call.callId}</code>
      </Fact>
    </dl>
  );
}

const STAGE_WORDS: Record<ModelUsage['stage'], string> = {
  stt: 'Heard by',
  llm: 'Answered by',
  tts: 'Spoken by',
};

/** What vendors count, and what it cost, in sum and by model. What a stage did not tell is said so, and never nothing. */
export function CallUsage({ call: { usage, costUsd } }: { readonly call: CallDetail }) {
  const count = (value: number | null, words: string) =>
    value === null ? <span className="quiet">Not counted</span> : `${value.toLocaleString()} ${words}`;
  return (
    <dl className="facts">
      <Fact name="Recogniser">
        {usage.sttAudioMs === null ? (
          <span className="quiet">Not counted</span>
        ) : (
          `${clockWords(usage.sttAudioMs)} of sound`
        )}
      </Fact>
      <Fact name="Model, in">{count(usage.llmInputTokens, 'tokens')}</Fact>
      <Fact name="Model, out">{count(usage.llmOutputTokens, 'tokens')}</Fact>
      <Fact name="Voice">{count(usage.ttsCharacters, 'characters')}</Fact>
      <Fact name="Begun early">
        {usage.speculations === 0
          ? 'No answer'
          : `${usage.usedSpeculations} of ${usage.speculations} guesses were used`}
      </Fact>
      <Fact name="Cost">
        {costUsd === null ? <span className="quiet">No price known</span> : costWords(costUsd)}
      </Fact>
      {usage.byModel.map((counted) => (
        <Fact key={`${counted.stage} ${counted.provider} ${counted.model}`} name={STAGE_WORDS[counted.stage]}>
          <code>
            {counted.provider} {counted.model}
          </code>
          <br />
          {countWords(counted)}
          <span className="quiet">
            , {counted.costUsd === null ? 'no price' : costWords(counted.costUsd)}
          </span>
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
