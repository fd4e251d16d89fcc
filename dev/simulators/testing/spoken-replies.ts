import type { Tts, TtsEvent, TtsReply } from '@parley/agent/tts/contract';

/** A reply of these segments, all said at once. */
export function sayAll(tts: Tts, texts: readonly string[], signal: AbortSignal): TtsReply {
  const reply = tts.open({ voice: tts.voices[0] ?? '', language: 'en', signal });
  for (const [index, text] of texts.entries()) reply.say({ segmentId: `s${index}`, text });
  reply.finish();
  return reply;
}

/** All that is given. Throws what the reply throws. */
export async function collectReply(reply: TtsReply): Promise<readonly TtsEvent[]> {
  const events: TtsEvent[] = [];
  for await (const event of reply) events.push(event);
  return events;
}

/** Length of the sound, in ms. */
export function soundMs(events: readonly TtsEvent[]): number {
  return events.reduce(
    (sum, event) => sum + (event.type === 'audio' ? (event.samples.length * 1000) / event.sampleRateHz : 0),
    0,
  );
}
