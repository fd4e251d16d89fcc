import { expect, it } from 'vitest';
import { type MutedSpeech, type MutedSpeechHappening, reduceMutedSpeech, UNMUTED } from './muted-speech.ts';
import { FRAME_MS } from './speech-frame.ts';

function person({ isMuted }: { readonly isMuted: boolean }) {
  let atMs = 0;
  let state: MutedSpeech = UNMUTED;
  const take = (happening: MutedSpeechHappening) => {
    state = reduceMutedSpeech(state, happening);
  };
  take({ type: 'muteChanged', isMuted });
  const hear = (probability: number) => (durationMs: number) => {
    for (const untilMs = atMs + durationMs; atMs < untilMs; ) {
      atMs += FRAME_MS;
      take({ type: 'timePassed', atMs });
      take({ type: 'frameJudged', probability, atMs });
    }
  };
  return {
    speak: hear(0.9),
    beSilent: hear(0.02),
    setMuted: (isNowMuted: boolean) => take({ type: 'muteChanged', isMuted: isNowMuted }),
    isReminded: () => state.phase === 'reminding',
  };
}

it('reminds a muted person who talks for half a second', () => {
  const { speak, isReminded } = person({ isMuted: true });
  speak(448);
  expect(isReminded()).toBe(false);
  speak(128);
  expect(isReminded()).toBe(true);
});

it('reminds nobody of a cough, a keystroke or a word to somebody else', () => {
  const { speak, beSilent, isReminded } = person({ isMuted: true });
  for (let cough = 0; cough < 10; cough++) {
    speak(256);
    beSilent(128);
    expect(isReminded()).toBe(false);
  }
});

it('reminds nobody who is heard', () => {
  const { speak, isReminded } = person({ isMuted: false });
  speak(2_000);
  expect(isReminded()).toBe(false);
});

it('stays while the person talks, and 4 s more', () => {
  const { speak, beSilent, isReminded } = person({ isMuted: true });
  speak(6_400);
  beSilent(3_900);
  expect(isReminded()).toBe(true);
  beSilent(160);
  expect(isReminded()).toBe(false);
});

it('goes when the person unmutes, and begins anew when they mute again', () => {
  const { speak, setMuted, isReminded } = person({ isMuted: true });
  speak(640);
  setMuted(false);
  expect(isReminded()).toBe(false);
  setMuted(true);
  speak(320);
  expect(isReminded()).toBe(false);
});
