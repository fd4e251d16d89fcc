import type { SoundInterval } from './caller-messages.ts';
import type { HeardSound } from './heard-sound.ts';
import type { HeardText } from './heard-text.ts';
import type { RoomView } from './room-view.ts';

/** What a person who reads why a wait was in vain wants to see of each kind, the newest of it. */
const TOLD = 6;
const TOLD_CHARACTERS = 120;

/** The last texts, by whom and how long ago. */
export function tellTexts({ texts }: RoomView, nowMs: number): string {
  return tellLast('texts', texts, ({ topic, identity, text, end, openedAtMs }: HeardText) => {
    const shown = text.length > TOLD_CHARACTERS ? `${text.slice(0, TOLD_CHARACTERS)}…` : text;
    return `${topic} of ${identity} ${ago(nowMs, openedAtMs)} ${JSON.stringify(shown)}${end === null ? ' (open)' : ''}`;
  });
}

/** The agent's states, and since when. */
export function tellAgentStates({ agentStates }: RoomView, nowMs: number): string {
  return tellLast('agent states', agentStates, ({ state, atMs }) => `${state} ${ago(nowMs, atMs)}`);
}

/** The last sounds of a participant, and whether anything comes from there. */
export function tellSounds(sound: HeardSound, nowMs: number): string {
  const sounds = tellLast(
    'sounds',
    sound.intervalsSince(0),
    ({ onsetAtMs, offsetAtMs }: SoundInterval) =>
      `${Math.round(offsetAtMs - onsetAtMs)} ms ${ago(nowMs, onsetAtMs)}`,
  );
  const { heardUntilMs } = sound;
  return `${sounds}; ${heardUntilMs === null ? 'no frame was ever heard' : `the last frame came ${ago(nowMs, heardUntilMs)}`}`;
}

/** Who was there, and when they came and went. */
export function tellMembers({ members, disconnectReason }: RoomView, nowMs: number): string {
  const told = tellLast(
    'members',
    members,
    ({ identity, kind, joinedAtMs, leftAtMs }) =>
      `${identity} (${kind}) came ${ago(nowMs, joinedAtMs)}${leftAtMs === null ? '' : `, left ${ago(nowMs, leftAtMs)}`}`,
  );
  return disconnectReason === null ? told : `${told}; the room let the caller go: ${disconnectReason}`;
}

function tellLast<T>(what: string, all: readonly T[], tell: (one: T) => string): string {
  if (all.length === 0) return `no ${what}`;
  const last = all.slice(-TOLD).map(tell).join(', ');
  return all.length > TOLD ? `the last of ${all.length} ${what}: ${last}` : `${what}: ${last}`;
}

function ago(nowMs: number, atMs: number): string {
  return `${((nowMs - atMs) / 1000).toFixed(2)} s ago`;
}
