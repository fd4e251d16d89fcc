import type { ParticipantId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import { ProviderError } from '../runtime/provider-error.ts';
import type { SttEvent } from '../stt/contract.ts';
import type { SwitchedStt } from '../stt/switched.ts';
import type { SwitchedSttStream } from '../stt/switched-stream.ts';
import type { NewCallEvent } from './call-driver.ts';

/** One participant's recogniser for the length of a call, whoever recognises. */
export type RecogniserLine = Pick<SwitchedSttStream, 'push' | 'finalize' | 'giveUp' | 'setLanguage'>;

export function openRecogniserLine(options: {
  readonly participantId: ParticipantId;
  readonly stt: SwitchedStt;
  readonly language: string;
  readonly prefixPaddingMs: number;
  readonly send: (event: NewCallEvent) => void;
  readonly log: Logger;
  readonly spawn: (task: () => Promise<void>) => void;
  readonly signal: AbortSignal;
}): RecogniserLine {
  const { participantId, stt, language, prefixPaddingMs, send, log, signal } = options;
  const stream = stt.open({ language, prefixPaddingMs, signal });
  options.spawn(async () => {
    try {
      for await (const event of stream) send(callEventOf(participantId, event));
    } catch (error) {
      if (signal.aborted || !(error instanceof ProviderError)) throw error;
      // Nobody of the agent's recognisers takes this caller: the call goes on with what is typed.
      log.error({ err: error, personal: { participantId } }, 'nobody recognises this participant');
      send({ type: 'sttFailed', data: { participantId, code: error.code, message: error.message } });
    }
  });
  return stream;
}

function callEventOf(participantId: ParticipantId, event: SttEvent): NewCallEvent {
  switch (event.type) {
    case 'speechStarted':
      return { type: 'sttSpeechStarted', data: { participantId } };
    case 'speechEnded':
      return { type: 'sttSpeechEnded', data: { participantId } };
    case 'interim':
      return { type: 'transcriptChanged', data: { participantId, text: event.text } };
    case 'final': {
      const { text, outcome, wordCount, answersFinalize, language } = event;
      const data = { participantId, text, outcome, wordCount, answersFinalize };
      return { type: 'transcriptFinal', data: language === undefined ? data : { ...data, language } };
    }
  }
}
