import type { TtsSegment } from './reply.ts';

/**
 * Segments in order, each asked for as soon as it is there and the one before it is being given: nothing is waited for
 * between them. No more than one ahead, since what is asked for is billed though nobody may hear it.
 */
export async function* askedAhead<Asked>(
  segments: AsyncIterable<TtsSegment>,
  ask: (segment: TtsSegment) => Asked,
): AsyncGenerator<{ readonly segment: TtsSegment; readonly asked: Asked }> {
  const waiting = segments[Symbol.asyncIterator]();
  const askNext = async () => {
    const { value, done } = await waiting.next();
    return done === true ? null : { segment: value, asked: ask(value) };
  };
  let next = askNext();
  for (let current = await next; current !== null; current = await next) {
    next = askNext();
    next.catch(() => {});
    yield current;
  }
}
