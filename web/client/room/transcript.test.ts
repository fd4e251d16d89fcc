import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyTranscript,
  mergeTranscript,
  type TranscriptEvent,
  type TranscriptStream,
} from './transcript.ts';

const agent = { kind: 'agent', name: 'Agent' } as const;
const you = { kind: 'you' } as const;

let nextStream = 0;

function opened(stream: Partial<TranscriptStream> & { segmentId: string }): TranscriptStream {
  const streamId = `stream-${nextStream++}`;
  return {
    streamId,
    speaker: you,
    openedAtMs: 0,
    isFinal: false,
    isInterrupted: false,
    unheard: '',
    ...stream,
  };
}

/** A stream with its whole text, opened, written and closed. */
function whole(stream: Partial<TranscriptStream> & { segmentId: string }, text: string): TranscriptEvent[] {
  const one = opened(stream);
  return [
    { type: 'streamOpened', stream: one },
    { type: 'textArrived', streamId: one.streamId, delta: text },
    closed(one),
  ];
}

function closed(
  stream: TranscriptStream,
  marks: { isInterrupted?: boolean; isCutShort?: boolean } = {},
): TranscriptEvent {
  return {
    type: 'streamClosed',
    streamId: stream.streamId,
    isInterrupted: false,
    isCutShort: false,
    ...marks,
  };
}

const after = (...events: readonly TranscriptEvent[]) => events.reduce(mergeTranscript, emptyTranscript);
const lines = (...events: readonly TranscriptEvent[]) =>
  after(...events).segments.map(({ text, isFinal, isInterrupted }) => ({ text, isFinal, isInterrupted }));

describe('a person’s words', () => {
  it('grow as each stream brings the whole text so far, and end with the final one', () => {
    const interim = [
      ...whole({ segmentId: 'u1' }, 'what are'),
      ...whole({ segmentId: 'u1', openedAtMs: 5 }, 'what are your hours'),
    ];
    expect(lines(...interim)).toEqual([
      { text: 'what are your hours', isFinal: false, isInterrupted: false },
    ]);
    const final = whole({ segmentId: 'u1', openedAtMs: 9, isFinal: true }, 'What are your hours?');
    expect(lines(...interim, ...final)).toEqual([
      { text: 'What are your hours?', isFinal: true, isInterrupted: false },
    ]);
  });

  it('keep the earlier text until the next stream has its first word', () => {
    const next = opened({ segmentId: 'u1', openedAtMs: 5 });
    expect(lines(...whole({ segmentId: 'u1' }, 'what are'), { type: 'streamOpened', stream: next })).toEqual([
      { text: 'what are', isFinal: false, isInterrupted: false },
    ]);
  });

  it('are not taken back by a stream that was opened earlier and arrives later', () => {
    const late = whole({ segmentId: 'u1', openedAtMs: 1 }, 'what');
    expect(lines(...whole({ segmentId: 'u1', openedAtMs: 5 }, 'what are your'), ...late)[0]?.text).toBe(
      'what are your',
    );
  });

  it('do not become interim again once they are final', () => {
    const events = [
      ...whole({ segmentId: 'u1', isFinal: true }, 'Hello.'),
      ...whole({ segmentId: 'u1', openedAtMs: 5 }, 'hello there'),
    ];
    expect(lines(...events)).toEqual([{ text: 'Hello.', isFinal: true, isInterrupted: false }]);
  });

  it('vanish when their final text is empty', () => {
    const final = opened({ segmentId: 'u1', openedAtMs: 5, isFinal: true });
    expect(
      lines(...whole({ segmentId: 'u1' }, 'mhm'), { type: 'streamOpened', stream: final }, closed(final)),
    ).toEqual([]);
  });
});

describe('the agent’s words', () => {
  const sentence = opened({ segmentId: 'a1', speaker: agent });
  const begun: TranscriptEvent[] = [
    { type: 'streamOpened', stream: sentence },
    { type: 'textArrived', streamId: sentence.streamId, delta: 'We are ' },
    { type: 'textArrived', streamId: sentence.streamId, delta: 'open.' },
  ];

  it('are added as they are heard and are final when their stream ends', () => {
    expect(lines(...begun)).toEqual([{ text: 'We are open.', isFinal: false, isInterrupted: false }]);
    expect(lines(...begun, closed(sentence))).toEqual([
      { text: 'We are open.', isFinal: true, isInterrupted: false },
    ]);
  });

  it('are marked when the end of their stream says that they were interrupted', () => {
    expect(lines(...begun, closed(sentence, { isInterrupted: true }))[0]).toMatchObject({
      isFinal: true,
      isInterrupted: true,
    });
  });

  it('are marked when a later stream of the segment says so', () => {
    const mark = whole(
      { segmentId: 'a1', speaker: agent, openedAtMs: 5, isFinal: true, isInterrupted: true },
      'We are',
    );
    expect(lines(...begun, closed(sentence), ...mark)).toEqual([
      { text: 'We are', isFinal: true, isInterrupted: true },
    ]);
  });

  it('stand as they were heard when the agent vanishes in the middle', () => {
    expect(lines(...begun, closed(sentence, { isCutShort: true }))).toEqual([
      { text: 'We are open.', isFinal: true, isInterrupted: true },
    ]);
  });
});

describe('what was not heard', () => {
  const cut = { segmentId: 'a1', speaker: agent, openedAtMs: 5, isFinal: true, isInterrupted: true };

  it('stands beside what was, from the stream that marks the interruption', () => {
    const events = [
      ...whole({ segmentId: 'a1', speaker: agent }, 'We are'),
      ...whole({ ...cut, unheard: 'open till five.' }, 'We are'),
    ];
    expect(after(...events).segments).toMatchObject([
      { text: 'We are', isInterrupted: true, unheard: 'open till five.' },
    ]);
  });

  it('is nothing where the agent says nothing of it', () => {
    expect(after(...whole(cut, 'We are')).segments).toMatchObject([{ isInterrupted: true, unheard: '' }]);
  });
});

describe('a typed message', () => {
  const typed = { type: 'typed', id: 't1', text: 'Two tickets, please.' } as const;

  it('stands at once below all that is shown, and above all that begins later', () => {
    const before = whole({ segmentId: 'a1', speaker: agent, openedAtMs: 20 }, 'How may I help?');
    const answer = whole({ segmentId: 'a2', speaker: agent, openedAtMs: 30 }, 'For which day?');
    const { segments } = after(...before, typed, ...answer);
    expect(segments.map(({ id }) => id)).toEqual(['a1', 't1', 'a2']);
    expect(segments[1]).toMatchObject({ text: 'Two tickets, please.', isFinal: true, typed: 'waiting' });
  });

  it('comes first where nothing was said yet', () => {
    const answer = whole({ segmentId: 'a1', speaker: agent, openedAtMs: 30 }, 'For which day?');
    expect(after(typed, ...answer).segments.map(({ id }) => id)).toEqual(['t1', 'a1']);
  });

  it('stays below the words that it cut off', () => {
    const speaking = opened({ segmentId: 'a1', speaker: agent, openedAtMs: 20 });
    const cut = { segmentId: 'a1', speaker: agent, openedAtMs: 25, isFinal: true, isInterrupted: true };
    const { segments } = after(
      { type: 'streamOpened', stream: speaking },
      { type: 'textArrived', streamId: speaking.streamId, delta: 'We are ' },
      typed,
      { type: 'textArrived', streamId: speaking.streamId, delta: 'open ' },
      closed(speaking),
      ...whole(cut, 'We are open'),
      ...whole({ segmentId: 'a2', speaker: agent, openedAtMs: 30 }, 'For which day?'),
    );
    expect(segments.map(({ id }) => id)).toEqual(['a1', 't1', 'a2']);
    expect(segments[0]).toMatchObject({ text: 'We are open', isInterrupted: true });
  });

  it('tells how far it has come', () => {
    const { segments } = after(typed, { type: 'deliveryChanged', id: 't1', delivery: 'sent' });
    expect(segments).toMatchObject([{ id: 't1', typed: 'sent' }]);
  });
});

it('orders the talk by when each segment began at the agent, not by when it arrived', () => {
  const answer = whole({ segmentId: 'a1', speaker: agent, openedAtMs: 20 }, 'We open at nine.');
  const question = whole({ segmentId: 'u1', openedAtMs: 10, isFinal: true }, 'When do you open?');
  expect(after(...answer, ...question).segments.map((segment) => segment.id)).toEqual(['u1', 'a1']);
});

it('is final as it stands when the call ends', () => {
  const sentence = opened({ segmentId: 'a1', speaker: agent });
  const { segments, open } = after(
    ...whole({ segmentId: 'u1' }, 'what are'),
    { type: 'streamOpened', stream: sentence },
    { type: 'textArrived', streamId: sentence.streamId, delta: 'We' },
    { type: 'callEnded' },
    { type: 'textArrived', streamId: sentence.streamId, delta: ' are' },
  );
  expect(segments.map(({ text, isFinal }) => ({ text, isFinal }))).toEqual([
    { text: 'what are', isFinal: true },
    { text: 'We', isFinal: true },
  ]);
  expect(open.size).toBe(0);
});

it('ignores text of a stream that it never saw opened', () => {
  expect(after({ type: 'textArrived', streamId: 'unknown', delta: 'hello' })).toBe(emptyTranscript);
});

it('shows each segment once, in order, whatever the order of streams', () => {
  const streamArbitrary = fc.record({
    segmentId: fc.constantFrom('s1', 's2', 's3'),
    openedAtMs: fc.integer({ min: 0, max: 50 }),
    isFinal: fc.boolean(),
    speaker: fc.constantFrom(agent, you),
    text: fc.string({ maxLength: 8 }),
  });
  fc.assert(
    fc.property(
      fc.array(streamArbitrary, { maxLength: 20 }),
      fc.infiniteStream(fc.nat()),
      (streams, picks) => {
        const queues = streams.map(({ text, ...stream }) => whole(stream, text));
        const events: TranscriptEvent[] = [];
        // Streams overlap in any way, each in its own order.
        for (
          let left = queues.filter((one) => one.length > 0);
          left.length > 0;
          left = queues.filter((one) => one.length > 0)
        ) {
          const event = left[(picks.next().value ?? 0) % left.length]?.shift();
          if (event) events.push(event);
        }
        const { segments, open } = after(...events);
        expect(new Set(segments.map((segment) => segment.id)).size).toBe(segments.length);
        expect(segments.map((segment) => segment.startedAtMs)).toEqual(
          segments.map((segment) => segment.startedAtMs).sort((a, b) => a - b),
        );
        expect(segments.every((segment) => segment.text.trim() !== '')).toBe(true);
        expect(open.size).toBe(0);
      },
    ),
  );
});
