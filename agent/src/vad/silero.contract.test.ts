import { pino } from 'pino';
import { createMonotonicClock } from '../runtime/clock.ts';
import { createEmbeddedTts } from '../tts/embedded.ts';
import { loadSilero } from './silero.ts';
import { describeVadContract } from './vad.contract.ts';

for (const voice of ['slt', 'rms', 'awb']) {
  describeVadContract(`Silero, hearing the synthetic voice ${voice},`, {
    create: loadSilero,
    speech: () => spoken(voice),
  });
}

async function spoken(voice: string): Promise<Int16Array> {
  const tts = createEmbeddedTts({ clock: createMonotonicClock(), log: pino({ level: 'silent' }) });
  const reply = tts.open({ voice, language: 'en', signal: new AbortController().signal });
  reply.say({ segmentId: 'speech', text: 'Good morning, I would like to know when you are open on Monday.' });
  reply.finish();
  const samples: number[] = [];
  for await (const event of reply) if (event.type === 'audio') samples.push(...event.samples);
  await tts.close();
  return Int16Array.from(samples);
}
