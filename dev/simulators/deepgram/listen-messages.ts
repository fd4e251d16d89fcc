import type { Deepgram } from '@deepgram/sdk';
import type { HeardWord } from '../heard-utterances.ts';
import type { SimulatedRequest } from '../simulated-vendor.ts';
import { requestIdOf } from './request-id.ts';

type Results = Deepgram.listen.ListenV1Results;

/** What Nova says, in the words of one stream. Seconds with three digits, as the vendor has them. */
export function listenMessages(request: SimulatedRequest) {
  const request_id = requestIdOf(request);
  const model = request.query.get('model') ?? 'nova-3';
  const arch = model.startsWith('nova-2') ? 'nova-2' : 'nova-3';
  const isMulti = request.query.get('language') === 'multi';
  const metadata: Results['metadata'] = {
    request_id,
    model_info: { name: `general-${arch}`, version: '2026-10-01.0', arch },
    model_uuid: '00000000-0000-4000-8000-000000000001',
  };
  return {
    // Source: listen/resources/v1/types/ListenV1Results.d.ts of the SDK.
    results(
      span: {
        readonly startMs: number;
        readonly endMs: number;
        readonly words: readonly HeardWord[];
      } & Required<Pick<Results, 'is_final' | 'speech_final' | 'from_finalize'>>,
    ) {
      const { startMs, endMs, words, ...flags } = span;
      return {
        type: 'Results',
        channel_index: [0, 1],
        start: secondsOf(startMs),
        duration: secondsOf(endMs - startMs),
        ...flags,
        channel: {
          alternatives: [
            {
              transcript: words.map(({ text }) => text).join(' '),
              confidence: words.length > 0 ? 0.97 : 0,
              ...(isMulti && words.length > 0 ? { languages: ['en'] } : {}),
              words: words.map((word) => ({
                word: word.text.toLowerCase().replace(/[^\p{L}\p{N}\p{M}'-]/gu, ''),
                start: secondsOf(word.startMs),
                end: secondsOf(word.endMs),
                confidence: 0.97,
                punctuated_word: word.text,
              })),
            },
          ],
        },
        metadata,
      } satisfies Results;
    },
    // Source: ListenV1SpeechStarted.d.ts.
    speechStarted: (atMs: number) =>
      ({
        type: 'SpeechStarted',
        channel: [0],
        timestamp: secondsOf(atMs),
      }) satisfies Deepgram.listen.ListenV1SpeechStarted,
    // Source: ListenV1UtteranceEnd.d.ts.
    utteranceEnd: (lastWordEndMs: number) =>
      ({
        type: 'UtteranceEnd',
        channel: [0, 1],
        last_word_end: secondsOf(lastWordEndMs),
      }) satisfies Deepgram.listen.ListenV1UtteranceEnd,
    // Source: ListenV1Metadata.d.ts.
    metadata: (durationMs: number, epochMs: number) =>
      ({
        type: 'Metadata',
        transaction_key: 'deprecated',
        request_id,
        sha256: '0'.repeat(64),
        created: new Date(epochMs).toISOString(),
        duration: secondsOf(durationMs),
        channels: 1,
      }) satisfies Deepgram.listen.ListenV1Metadata,
  };
}

const secondsOf = (ms: number): number => Math.round(ms) / 1000;
