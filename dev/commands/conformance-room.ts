import { join } from 'node:path';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import type { ConformanceFigures } from '@parley/bench/conformance/figures/figures';
import type { RoomLine, Speaker } from '@parley/bench/conformance/room/room-line';
import type { RoomTalkSet } from '@parley/bench/conformance/room/room-talks';
import { runRoom } from '@parley/bench/conformance/room/run-room';
import { trimSilence } from '@parley/bench/conformance/room/trim-silence';
import { TOPIC, TRANSCRIPTION_ATTRIBUTE } from '@parley/contracts/room-protocol';
import { monotonicNowMs } from '../callers/monotonic.ts';
import { type RoomCaller, startRoomCaller } from '../callers/room-caller.ts';
import { startParley } from '../parley/start-parley.ts';
import { projectFolder } from '../project-folder.ts';
import { fliteVoice } from '../tests/recognition/synthetic-voice.ts';
import { fetchTicket } from '../tests/room/parley-call.ts';

/** A room with an agent in it, or that one comes to. */
export interface RoomAddress {
  readonly url: string;
  readonly token: string;
}

export interface RoomRun {
  readonly seed: number;
  readonly talks: RoomTalkSet;
  readonly onTalk?: (name: string) => void;
}

/** An agent that has not spoken by then greets nobody: the caller begins. */
const GREETS_WITHIN_MS = 8_000;

/** Joins a room as a caller, holds the talks, and leaves. */
export async function conformanceOfRoom(
  { url, token }: RoomAddress,
  { seed, talks, onTalk }: RoomRun,
): Promise<ConformanceFigures> {
  const caller = await startRoomCaller({ url, token });
  try {
    await caller.waitForSound({ sinceMs: 0, timeoutMs: GREETS_WITHIN_MS }).catch(() => undefined);
    const line = lineOf(caller);
    return await runRoom({ line, speaker: SPEAKER, seed, talks, ...(onTalk && { onTalk }) });
  } finally {
    await caller.leave();
  }
}

/** The same with a Parley of its own, whose agent is the suite's. */
export async function conformanceOfParley(run: RoomRun): Promise<ConformanceFigures> {
  const parley = await startParley({
    agentsDir: join(projectFolder(), 'bench', 'conformance', 'room', 'agents'),
  });
  try {
    const ticket = await fetchTicket(parley, 'conformance');
    return await conformanceOfRoom({ url: ticket.server_url, token: ticket.participant_token }, run);
  } finally {
    await parley.stop();
  }
}

/** Synthetic speech of Flite, in a voice that is not the embedded agent's. */
const SPEAKER: Speaker = {
  speak: async (text) => trimSilence({ samples: await fliteVoice('rms').say(text), sampleRateHz: 16_000 }),
};

function lineOf(caller: RoomCaller): RoomLine {
  const clock = createMonotonicClock(monotonicNowMs());
  return {
    nowMs: caller.nowMs,
    say: (sound) => caller.say(sound),
    setBackground: (background) => caller.setBackground(background),
    heardSince: (sinceMs) => caller.heardSince(sinceMs),
    agentStates: () => caller.agentStates(),
    repliesSince: (sinceMs) => replyStarts(caller).filter((atMs) => atMs >= sinceMs),
    delay: (ms) => delay(clock, ms),
  };
}

/** When each of the agent's segments was first told as text; it is told again when it is final. */
function replyStarts(caller: RoomCaller): number[] {
  const starts = new Map<string, number>();
  for (const { topic, identity, attributes, streamId, openedAtMs } of caller.texts()) {
    if (topic !== TOPIC.transcription || identity === caller.identity) continue;
    const segment = attributes[TRANSCRIPTION_ATTRIBUTE.segmentId] ?? streamId;
    if (!starts.has(segment)) starts.set(segment, openedAtMs);
  }
  return [...starts.values()];
}
