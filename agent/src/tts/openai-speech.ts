import type OpenAI from 'openai';
import { openaiFault } from '../runtime/openai-fault.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { askedAhead } from './asked-ahead.ts';
import type { TtsEvent } from './contract.ts';
import { createVoicePaces, type VoicePace } from './estimated-marks.ts';
import { markedSound } from './marked-sound.ts';
import { pcmSamples } from './pcm-samples.ts';
import type { Speak, TtsSegment } from './reply.ts';
import { type TextPart, textParts } from './text-parts.ts';
import { syllablesIn } from './word-marks.ts';

/** Longest text of a request, in characters. Source: openai 6.49 resources/audio/speech.d.ts. */
const LONGEST_INPUT = 4_096;

export interface SpeechSettings {
  readonly provider: string;
  readonly model: string;
  readonly apiKey: string;
  readonly sampleRateHz: number;
  readonly speed: number | undefined;
  readonly instructions: string | undefined;
}

/** A segment's requests, the first of which is made. */
interface Asked {
  readonly inputs: readonly TextPart[];
  /** Null where nothing is said. */
  readonly first: Promise<AsyncIterable<Int16Array>> | null;
}

/** Speaks segments by one request each, or more where one does not take it all. */
export function createOpenaiSpeech(client: OpenAI, settings: SpeechSettings) {
  const paceOf = createVoicePaces(settings.speed);

  return (voice: string): Speak =>
    async function* speak(segments, signal) {
      const request = (input: TextPart) => requestSpeech(client, settings, { voice, input, signal });
      const ask = ({ text }: TtsSegment): Asked => {
        const inputs = inputsOf(text);
        const first = inputs[0] === undefined ? null : request(inputs[0]);
        first?.catch(() => {});
        return { inputs, first };
      };
      for await (const { segment, asked } of askedAhead(segments, ask)) {
        yield* speakSegment(segment, asked, { settings, pace: paceOf(voice), request });
      }
    };
}

async function* speakSegment(
  { segmentId }: TtsSegment,
  { inputs, first }: Asked,
  speaking: {
    readonly settings: SpeechSettings;
    readonly pace: VoicePace;
    readonly request: (input: TextPart) => Promise<AsyncIterable<Int16Array>>;
  },
): AsyncGenerator<TtsEvent> {
  const { provider, model, sampleRateHz } = speaking.settings;
  let durationMs = 0;
  for (const [index, input] of inputs.entries()) {
    yield { type: 'usage', segmentId, provider, model, characters: input.text.length };
    const piece = { ...input, startMs: durationMs };
    const sound = await (index === 0 && first !== null ? first : speaking.request(input));
    const soundMs = yield* markedSound({ segmentId, piece, sampleRateHz, pace: speaking.pace, sound });
    if (soundMs === 0) throw protocolError(provider, 'the speech has no sound');
    durationMs += soundMs;
  }
  yield { type: 'segmentEnd', segmentId, durationMs };
}

/** Resolves when the answer has begun. */
async function requestSpeech(
  client: OpenAI,
  settings: SpeechSettings,
  asked: { readonly voice: string; readonly input: TextPart; readonly signal: AbortSignal },
): Promise<AsyncIterable<Int16Array>> {
  const { provider, model, apiKey, speed, instructions } = settings;
  const fault = (error: unknown) => openaiFault(error, { provider, secrets: [apiKey] });
  let response: Response;
  try {
    response = await client.audio.speech.create(
      {
        model,
        voice: asked.voice,
        input: asked.input.text,
        response_format: 'pcm',
        ...(speed === undefined ? {} : { speed }),
        ...(instructions === undefined ? {} : { instructions }),
      },
      { signal: asked.signal },
    );
  } catch (error) {
    throw fault(error);
  }
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null || /^(text|application\/json)/.test(type)) {
    throw protocolError(provider, `the speech is no sound but ${type || 'nothing'}`);
  }
  return soundOf(response.body, fault);
}

async function* soundOf(body: AsyncIterable<Uint8Array>, fault: (error: unknown) => Error) {
  try {
    yield* pcmSamples(body);
  } catch (error) {
    throw fault(error);
  }
}

/** The texts of the requests for a segment; none where nothing is said. */
function inputsOf(text: string): readonly TextPart[] {
  return textParts(text, LONGEST_INPUT).filter((part) => syllablesIn(part.text) > 0);
}

function protocolError(provider: string, what: string): ProviderError {
  return new ProviderError('protocol', `${provider}: ${what}`, { provider, retryable: true });
}
