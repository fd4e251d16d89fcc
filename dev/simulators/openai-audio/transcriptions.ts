import { delay } from '@parley/agent/runtime/clock';
import { parseWave, type Wave } from '@parley/agent/tts/flite/wave';
import type { Transcription, TranscriptionVerbose } from 'openai/resources/audio/transcriptions';
import { utterancesIn } from '../heard-utterances.ts';
import type { HttpExchange, HttpRoute } from '../simulated-vendor.ts';
import { type BadRequest, refuse } from './refuse.ts';

/** Models that take uploads. Source: openai 6.49 resources/audio.d.ts AudioModel. */
const UPLOAD_MODEL = /^(whisper-1|gpt-4o(-mini)?-transcribe)/;
/** Source: the vendor's guide to speech to text. */
const MOST_BYTES = 25 * 1024 * 1024;
const SHORTEST_SOUND_MS = 100;

/**
 * `POST /audio/transcriptions`: a WAV file in, its words out. Source of the answers: openai 6.49
 * resources/audio/transcriptions.d.ts. Known quirk: `noText`, an answer without a text.
 */
export const transcriptionsRoute: HttpRoute = {
  kind: 'http',
  method: 'POST',
  stage: 'stt',
  path: /^\/audio\/transcriptions$/,
  async answer(exchange) {
    if (exchange.request.body.length > MOST_BYTES) {
      return refuse(exchange, { status: 413, message: 'Maximum content size limit (26214400) exceeded' });
    }
    const form = await formOf(exchange);
    const text = (name: string) => form.getAll(name).filter((value) => typeof value === 'string');
    const asked = {
      model: text('model')[0] ?? '',
      format: text('response_format')[0] ?? 'json',
      language: text('language')[0],
      granularities: text('timestamp_granularities[]'),
    };
    const file = form.get('file');
    const wave = file instanceof Blob ? parseWave(new Uint8Array(await file.arrayBuffer())) : null;
    const fault = faultIn(asked, wave);
    if (fault !== null) return refuse(exchange, fault);
    const { simulation } = exchange;
    await delay(simulation.clock, simulation.delays.sttFinalMs, exchange.signal);
    if (exchange.takeQuirk('noText')) return exchange.json(200, { task: 'transcribe' });
    exchange.json(200, answerOf(exchange, asked, wave as Wave), { 'openai-processing-ms': '100' });
  },
};

interface Asked {
  readonly model: string;
  readonly format: string;
  readonly language: string | undefined;
  readonly granularities: readonly string[];
}

async function formOf({ request }: HttpExchange): Promise<FormData> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return new Response(Buffer.from(request.body), { headers }).formData();
}

function faultIn({ model, format, granularities }: Asked, wave: Wave | null): BadRequest | null {
  if (model === '') return { message: 'you must provide a model parameter', param: 'model' };
  if (!UPLOAD_MODEL.test(model)) {
    const message = `The model '${model}' does not exist or you do not have access to it.`;
    return { status: 404, message, code: 'model_not_found' };
  }
  if (wave === null) {
    return { message: 'Invalid file format. The simulator reads mono WAV files.', param: 'file' };
  }
  if ((wave.samples.length * 1000) / wave.sampleRateHz < SHORTEST_SOUND_MS) {
    const message = 'Audio file is too short. Minimum audio length is 0.1 seconds.';
    return { message, param: 'file', code: 'audio_too_short' };
  }
  const formats = model.startsWith('whisper') ? ['json', 'verbose_json'] : ['json'];
  if (!formats.includes(format)) {
    const message = `response_format '${format}' is not compatible with model '${model}'. Use ${formats.join(' or ')} instead.`;
    return { message, param: 'response_format', code: 'unsupported_value' };
  }
  if (granularities.length > 0 && format !== 'verbose_json') {
    return { message: 'timestamp_granularities needs verbose_json', param: 'timestamp_granularities' };
  }
  return null;
}

function answerOf(
  exchange: HttpExchange,
  asked: Asked,
  { samples, sampleRateHz }: Wave,
): Transcription | (TranscriptionVerbose & { readonly task: 'transcribe' }) {
  const seconds = samples.length / sampleRateHz;
  const said = utterancesIn(samples, { heard: exchange.simulation.heard, sampleRateHz });
  const text = said.map((utterance) => utterance.text).join(' ');
  const usage = { type: 'duration', seconds: Math.ceil(seconds) } as const;
  if (asked.format !== 'verbose_json') return { text, usage };
  const timeOf = (ms: number) => (ms + exchange.skewMs) / 1000;
  return {
    task: 'transcribe',
    language: languageName(asked.language ?? 'en'),
    duration: seconds,
    // Whisper hears these words where nobody speaks, and says how little it believes them.
    text: said.length === 0 ? 'Thank you.' : text,
    segments: [
      {
        id: 0,
        seek: 0,
        start: 0,
        end: seconds,
        text: ` ${text}`,
        tokens: [50_364],
        temperature: 0,
        avg_logprob: said.length === 0 ? -1.3 : -0.2,
        compression_ratio: 1.1,
        no_speech_prob: said.length === 0 ? 0.9 : 0.02,
      },
    ],
    ...(asked.granularities.includes('word')
      ? {
          words: said.flatMap(({ words }) =>
            words.map(({ text: word, startMs, endMs }) => ({
              word,
              start: timeOf(startMs),
              end: timeOf(endMs),
            })),
          ),
        }
      : {}),
    usage,
  };
}

/** Whisper names languages in English. */
function languageName(tag: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag)?.toLowerCase() ?? tag;
}
