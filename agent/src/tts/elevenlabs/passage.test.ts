import { expect, test } from 'vitest';
import { createAsyncQueue } from '../../runtime/async-queue.ts';
import { createVirtualClock } from '../../runtime/virtual-clock.ts';
import type { TtsEvent } from '../contract.ts';
import { createVoicePace } from '../estimated-marks.ts';
import type { ContextListener } from './context-pool.ts';
import { createElevenlabsPassage } from './passage.ts';

/** 1 kHz: a sample a millisecond. */
const RATE_HZ = 1_000;

test('a word that two messages share has its own times', async () => {
  const { passage, told } = start();
  await passage.say({ segmentId: 'a', text: 'Hello there.' });
  passage.finish();
  passage.hear(sound(200, 'Hel', 0));
  passage.hear(sound(400, 'lo there.', 0));
  passage.hear(sound(0, '', 0, true));
  expect(await told()).toEqual(['a Hello 0-220', 'a there. 230-290', 'a end 600']);
});

test('a message that two segments share is parted where the second begins', async () => {
  const { passage, told } = start();
  await passage.say({ segmentId: 'a', text: 'One,' });
  await passage.say({ segmentId: 'b', text: 'two.' });
  passage.finish();
  passage.hear(sound(100, 'On', 0));
  passage.hear(sound(300, 'e, two.', 100));
  passage.hear(sound(0, '', 0, true));
  expect(await told()).toEqual(['a One, 0-220', 'a end 230', 'b two. 0-40', 'b end 170']);
});

test('a segment that nothing follows yet ends with its last word, and its rest comes before the next', async () => {
  const { passage, told } = start();
  await passage.say({ segmentId: 'a', text: 'One.' });
  passage.hear(sound(100, 'One.', 0));
  passage.hear(sound(30, '', 0));
  passage.addSilent({ segmentId: 'b', text: '…' });
  await passage.say({ segmentId: 'c', text: 'Two.' });
  passage.hear(sound(100, 'Two.', 20));
  passage.finish();
  expect(await told()).toEqual(['a One. 0-40', 'a end 100', 'b end 0', 'c Two. 50-90', 'c end 130']);
});

test('a reply whose words were all said ends well, though the vendor does not tell its end', async () => {
  const { passage, told, clock, sent } = start();
  await passage.say({ segmentId: 'a', text: 'One.' });
  passage.finish();
  passage.hear(sound(100, 'One.', 0));
  await clock.advance(5_000);
  expect(await told()).toEqual(['a One. 0-40', 'a end 100']);
  expect(sent).toEqual(['One. ', 'close']);
  expect(clock.pendingTimers).toBe(0);
});

test('a reply whose words were not all said fails', async () => {
  const { passage, told, clock } = start();
  await passage.say({ segmentId: 'a', text: 'One and two.' });
  passage.finish();
  passage.hear(sound(100, 'One', 0));
  await clock.advance(5_000);
  await expect(told()).rejects.toMatchObject({ code: 'timeout', provider: 'elevenlabs' });
});

test('a segment that gets no sound before the context ends fails: its words were not said', async () => {
  const { passage, told, clock } = start();
  await passage.say({ segmentId: 'a', text: 'One.' });
  passage.finish();
  passage.hear(sound(0, '', 0, true));
  await expect(told()).rejects.toMatchObject({ code: 'protocol', retryable: true });
  expect(clock.pendingTimers).toBe(0);
});

test('a cancelled reply closes its context once, and gives nothing more', async () => {
  const { passage, told, sent } = start();
  await passage.say({ segmentId: 'a', text: 'One.' });
  passage.cancel();
  passage.cancel();
  passage.hear(sound(100, 'One.', 0));
  expect(await told()).toEqual([]);
  expect(sent).toEqual(['One. ', 'close']);
});

function start() {
  const clock = createVirtualClock();
  const events = createAsyncQueue<TtsEvent>(1_000);
  const sent: string[] = [];
  const texts = new Map<string, string>();
  const context = {
    send: ({ text }: { readonly text: string }) => void sent.push(text),
    close: () => void (sent.includes('close') || sent.push('close')),
  };
  let hear: ContextListener['onSound'] = () => {};
  const passage = createElevenlabsPassage({
    open: async (listener) => {
      hear = listener.onSound;
      return context;
    },
    model: 'eleven',
    sampleRateHz: RATE_HZ,
    pace: createVoicePace(),
    clock,
    events,
  });
  return {
    clock,
    sent,
    passage: {
      ...passage,
      hear: (message: Parameters<typeof hear>[0]) => hear(message),
      say(segment: { readonly segmentId: string; readonly text: string }) {
        texts.set(segment.segmentId, segment.text);
        return passage.say(segment);
      },
    },
    /** Marks and ends, in words. */
    async told(): Promise<readonly string[]> {
      const lines: string[] = [];
      for await (const event of events) {
        if (event.type === 'segmentEnd') lines.push(`${event.segmentId} end ${event.durationMs}`);
        if (event.type !== 'words') continue;
        const text = texts.get(event.segmentId) ?? '';
        for (const { charStart, charEnd, startMs, endMs } of event.marks) {
          lines.push(`${event.segmentId} ${text.slice(charStart, charEnd)} ${startMs}-${endMs}`);
        }
      }
      return lines;
    },
  };
}

/** A message of so much sound, with characters 10 ms apart, the first `fromMs` after its start. */
function sound(ms: number, text: string, fromMs: number, isFinal = false) {
  const chars = [...text].map((char, index) => {
    const startMs = fromMs + 10 * index;
    return { text: char, startMs, endMs: startMs + 10 };
  });
  return { type: 'sound', contextId: 'c', bytes: new Uint8Array(2 * ms), chars, isFinal } as const;
}
