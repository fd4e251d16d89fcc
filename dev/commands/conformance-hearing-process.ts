import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { createSmartTurn } from '@parley/agent/turn-detector/smart-turn';
import { loadSilero } from '@parley/agent/vad/silero';
import type { SpokenClip } from '@parley/bench/conformance/ladder/spoken/clip';
import { createFliteClips } from '@parley/bench/conformance/ladder/spoken/flite-clips';
import { hearClip } from '@parley/bench/conformance/ladder/spoken/hear-clip';
import { readRecordedClips } from '@parley/bench/conformance/ladder/spoken/recorded-clips';
import { pino } from 'pino';
import type { ClipPart, FromHearClips, HearClipsRequest } from './conformance-hearing-messages.ts';

/** Hears clips with the agent's own detectors; runs in a process of its own, bundled as a part of the agent. */
const { modelFile, clips, seed, hearsRecordings } = JSON.parse(process.argv[2] ?? '') as HearClipsRequest;

const vad = await loadSilero();
const endOfTurn = await createSmartTurn({
  modelFile,
  // It stands still, so that no score is too late on a machine that has other work.
  clock: createVirtualClock(),
  log: pino({ level: 'silent' }),
});
await endOfTurn.warm();

const flite = await createFliteClips();
for (let index = 0; index < clips; index++) {
  await hear('choice', flite('choice', seed + index));
  await hear('report', flite('report', seed + index));
}
if (hearsRecordings) for (const clip of (await readRecordedClips(seed)) ?? []) await hear('recorded', clip);

await endOfTurn.close();
await vad.close();
process.disconnect();

async function hear(part: ClipPart, clip: SpokenClip): Promise<void> {
  const message: FromHearClips = { part, heard: await hearClip(clip, { vad, endOfTurn }) };
  process.send?.(message);
}
