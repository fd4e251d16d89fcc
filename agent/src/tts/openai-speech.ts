import type OpenAI from 'openai';
import { openaiFault } from '../runtime/openai-fault.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { TtsEvent } from './contract.ts';
import { createVoicePace, type VoicePace } from './estimated-marks.ts';
import { markedSound } from './marked-sound.ts';
import { pcmSamples } from './pcm-samples.ts';
import type { Speak, TtsSegment } from './reply.ts';
import { splitSpeakable } from './speakable-pieces.ts';
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

/** A segment whose first request is under way. */
interface Asked {
  readonly segment: TtsSegment;
  readonly inputs: readonly Input[];
  readonly first: Promise<AsyncIterable<Int16Array>> | null;
}

/** A text that one request takes, and its place in the segment. */
interface Input {
  readonly text: string;
  readonly charStart: number;
}

/**
 * Speaks segments by one request each. The next segment's request is made while this one's sound comes in, so that
 * nothing is waited for between them; no more, since what is asked for is billed though nobody may hear it.
 */
export function createOpenaiSpeech(client: OpenAI, settings: SpeechSettings) {
  const paces = new Map<string, VoicePace>();
  const paceOf = (voice: string): VoicePace => {
    const pace = paces.get(voice) ?? createVoicePace(settings.speed);
    paces.set(voice, pace);
    return pace;
  };

  return (voice: string): Speak =>
    async function* speak(segments, signal) {
      const waiting = segments[Symbol.asyncIterator]();
      const askNext = async (): Promise<Asked | null> => {
        const { value, done } = await waiting.next();
        if (done === true) return null;
        const inputs = inputsOf(value.text);
        const [input] = inputs;
        const first = input === undefined ? null : requestSpeech(client, settings, { voice, input, signal });
        first?.catch(() => {});
        return { segment: value, inputs, first };
      };
      let next = askNext();
      for (let asked = await next; asked !== null; asked = await next) {
        next = askNext();
        next.catch(() => {});
        yield* speakSegment(asked, {
          settings,
          pace: paceOf(voice),
          request: (input) => requestSpeech(client, settings, { voice, input, signal }),
        });
      }
    };
}

async function* speakSegment(
  { segment, inputs, first }: Asked,
  speaking: {
    readonly settings: SpeechSettings;
    readonly pace: VoicePace;
    readonly request: (input: Input) => Promise<AsyncIterable<Int16Array>>;
  },
): AsyncGenerator<TtsEvent> {
  const { provider, model, sampleRateHz } = speaking.settings;
  const { segmentId } = segment;
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
  asked: { readonly voice: string; readonly input: Input; readonly signal: AbortSignal },
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

/** The texts of the requests for a segment: one, unless it is longer than a request takes; none where nothing is said. */
function inputsOf(text: string): readonly Input[] {
  const inputs: Input[] = [];
  for (const piece of text.length <= LONGEST_INPUT ? [{ text, charStart: 0 }] : splitSpeakable(text)) {
    const last = inputs.at(-1);
    if (last !== undefined && last.text.length + piece.text.length <= LONGEST_INPUT) {
      inputs[inputs.length - 1] = { ...last, text: last.text + piece.text };
    } else inputs.push({ text: piece.text, charStart: piece.charStart });
  }
  return inputs.filter((input) => syllablesIn(input.text) > 0);
}

function protocolError(provider: string, what: string): ProviderError {
  return new ProviderError('protocol', `${provider}: ${what}`, { provider, retryable: true });
}
