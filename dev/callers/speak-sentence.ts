import type { AudioFrame } from '@parley/agent/audio/frame';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { joinBlocks } from '@parley/agent/tts/audio-blocks';
import { createEmbeddedTts } from '@parley/agent/tts/embedded';
import { pino } from 'pino';

/** Makes what callers say: synthetic speech of the embedded voice. */
export interface SentenceSpeaker {
  /** Speech without silence before it and 60 ms after. `voice`: default `rms`, which is not the agent's. */
  speak(text: string, options?: { readonly voice?: string }): Promise<AudioFrame>;
  close(): Promise<void>;
}

export function createSentenceSpeaker(): SentenceSpeaker {
  const tts = createEmbeddedTts({ clock: createMonotonicClock(), log: pino({ level: 'silent' }) });
  return {
    async speak(text, { voice = 'rms' } = {}) {
      const reply = tts.open({ voice, language: 'en', signal: new AbortController().signal });
      reply.say({ segmentId: 'sentence', text });
      reply.finish();
      const blocks: Int16Array[] = [];
      for await (const event of reply) if (event.type === 'audio') blocks.push(event.samples);
      return { samples: joinBlocks(blocks), sampleRateHz: tts.sampleRateHz(voice) };
    },
    close: () => tts.close(),
  };
}
