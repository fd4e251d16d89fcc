import { describe, expect, it } from 'vitest';
import { type Duck, type DuckHappening, duckDueAtMs, isDucked, NO_DUCK, reduceDuck } from './duck.ts';
import { FRAME_MS } from './speech-frame.ts';

/** A page in virtual time: frames of the microphone arrive every 32 ms, and what is due happens on time. */
function page(agent: Partial<Duck['agent']> = {}) {
  let atMs = 0;
  let duck = NO_DUCK;
  const take = (happening: DuckHappening) => {
    duck = reduceDuck(duck, happening);
  };
  const agentIs = (change: Partial<Duck['agent']>) =>
    take({ type: 'agentChanged', agent: { ...duck.agent, ...change }, atMs });
  agentIs({ isSpeaking: true, isInterruptible: true, ...agent });

  const hear = (probability: number, durationMs: number) => {
    const downs: boolean[] = [];
    for (const untilMs = atMs + durationMs; atMs < untilMs; ) {
      atMs += FRAME_MS;
      take({ type: 'frameJudged', probability, atMs });
      downs.push(isDucked(duck));
    }
    return downs;
  };
  return {
    speak: (durationMs: number) => hear(0.9, durationMs),
    beSilent: (durationMs: number) => hear(0.02, durationMs),
    hear,
    agentIs,
    setMuted: (isMuted: boolean) => take({ type: 'muteChanged', isMuted, atMs }),
    /** No frame comes any more, as when the device is gone. */
    waitInVain(durationMs: number) {
      const untilMs = atMs + durationMs;
      const dueAtMs = duckDueAtMs(duck);
      if (dueAtMs !== null && dueAtMs <= untilMs) take({ type: 'timePassed', atMs: dueAtMs });
      atMs = untilMs;
    },
    isDucked: () => isDucked(duck),
  };
}

describe('goes down', () => {
  it('at the first frame that is speech beyond doubt', () => {
    expect(page().hear(0.75, FRAME_MS)).toEqual([true]);
  });

  it('at a frame of likely speech after one that came near it', () => {
    const { hear } = page();
    expect([...hear(0.1, FRAME_MS), ...hear(0.32, FRAME_MS), ...hear(0.52, FRAME_MS)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('not at a likely frame out of silence', () => {
    const { hear, beSilent, isDucked } = page();
    for (let sound = 0; sound < 10; sound++) {
      hear(0.6, FRAME_MS);
      beSilent(4 * FRAME_MS);
      expect(isDucked()).toBe(false);
    }
  });

  it('not for sound that is hardly speech', () => {
    expect(page().hear(0.45, 1_000)).not.toContain(true);
  });

  it.each([
    ['what it says may not be interrupted', { isInterruptible: false }],
    ['it does not speak', { isSpeaking: false }],
  ])('not while %s', (_, agent) => {
    expect(page(agent).speak(2_000)).not.toContain(true);
  });

  it('not for a muted caller', () => {
    const { speak, setMuted } = page();
    setMuted(true);
    expect(speak(2_000)).not.toContain(true);
  });

  it('not for who was talking before the agent began, and then for their next words', () => {
    const { speak, beSilent, agentIs } = page({ isSpeaking: false });
    speak(500);
    agentIs({ isSpeaking: true });
    expect(speak(500)).not.toContain(true);
    beSilent(200);
    expect(speak(100)).toContain(true);
  });
});

describe('comes back', () => {
  it('when the server held and goes on', () => {
    const { speak, agentIs, isDucked } = page();
    speak(200);
    agentIs({ isHeld: true });
    speak(200);
    expect(isDucked()).toBe(true);
    agentIs({ isHeld: false });
    expect(isDucked()).toBe(false);
  });

  it('for good, as far as that speech goes: it ducks once', () => {
    const { speak, beSilent, agentIs } = page();
    speak(200);
    agentIs({ isHeld: true });
    agentIs({ isHeld: false });
    expect(speak(1_000)).not.toContain(true);
    beSilent(200);
    expect(speak(100)).toContain(true);
  });

  it('700 ms after speech that the server took no notice of', () => {
    const { speak, beSilent } = page();
    speak(128);
    const downs = beSilent(800);
    expect(downs.indexOf(false) * FRAME_MS).toBeGreaterThanOrEqual(700 - 2 * FRAME_MS);
    expect(downs.indexOf(false) * FRAME_MS).toBeLessThanOrEqual(700);
    expect(downs.at(-1)).toBe(false);
  });

  it('96 ms after a sound too short for the server to have taken it for speech', () => {
    const { speak, beSilent } = page();
    speak(FRAME_MS);
    expect(beSilent(3 * FRAME_MS)).toEqual([true, true, false]);
  });

  it('not by silence while the server holds and weighs', () => {
    const { speak, beSilent, agentIs } = page();
    speak(128);
    agentIs({ isHeld: true });
    expect(beSilent(2_000)).not.toContain(false);
  });

  it('when the caller mutes', () => {
    const { speak, setMuted, isDucked } = page();
    speak(128);
    setMuted(true);
    expect(isDucked()).toBe(false);
  });

  it('when what follows may not be interrupted', () => {
    const { speak, agentIs, isDucked } = page();
    speak(128);
    agentIs({ isInterruptible: false });
    expect(isDucked()).toBe(false);
  });

  it('with the next words of an agent that gave way, and not before', () => {
    const { speak, beSilent, agentIs, isDucked } = page();
    speak(300);
    agentIs({ isSpeaking: false, isHeld: false });
    speak(600);
    beSilent(900);
    expect(isDucked()).toBe(true);
    agentIs({ isSpeaking: true });
    expect(isDucked()).toBe(false);
  });

  it.each([
    ['a caller who talks on, unheeded by the server', (call: ReturnType<typeof page>) => call.speak(3_200)],
    [
      'a server that holds and never says more',
      (call: ReturnType<typeof page>) => {
        call.agentIs({ isHeld: true });
        call.speak(3_200);
      },
    ],
    ['a microphone that fell silent for good', (call: ReturnType<typeof page>) => call.waitInVain(3_000)],
    [
      'an agent that never speaks again',
      (call: ReturnType<typeof page>) => {
        call.agentIs({ isSpeaking: false });
        call.waitInVain(3_000);
      },
    ],
  ])('after 3 s at most: %s', (_, happens) => {
    const call = page();
    call.speak(128);
    expect(call.isDucked()).toBe(true);
    happens(call);
    expect(call.isDucked()).toBe(false);
  });
});

describe('an echo of the agent itself', () => {
  it('does not duck it again and again', () => {
    const { speak, beSilent } = page();
    let ducks = 0;
    for (let burst = 0; burst < 15; burst++) {
      if (speak(160).includes(true)) ducks += 1;
      beSilent(840);
    }
    expect(ducks).toBe(2);
  });

  it('that goes on for ever ducks it three times in 20 s at most', () => {
    const { speak, beSilent } = page();
    let ducks = 0;
    for (let burst = 0; burst < 15; burst++) {
      if (speak(480).includes(true)) ducks += 1;
      beSilent(832);
    }
    expect(ducks).toBe(3);
  });

  it('is forgotten in time', () => {
    const { speak, beSilent } = page();
    for (let burst = 0; burst < 3; burst++) {
      speak(480);
      beSilent(832);
    }
    expect(speak(320)).not.toContain(true);
    beSilent(20_000);
    expect(speak(64)).toContain(true);
  });

  it('is not what an interruption is taken for that the agent gave way to', () => {
    const { speak, beSilent, agentIs } = page();
    for (let interruption = 0; interruption < 5; interruption++) {
      expect(speak(128)).toContain(true);
      agentIs({ isHeld: true });
      agentIs({ isSpeaking: false, isHeld: false });
      beSilent(500);
      agentIs({ isSpeaking: true });
      beSilent(500);
    }
  });
});
