import { CALL_EVENT_VERSION, type JournalHeader, type JournalLine } from '@parley/contracts/call-event';

/**
 * Stands in a shipment for a line of the journal that is lost, so that the record tells of the gap at its place: an event
 * of a type that nothing understands, at the time of the next line that is there.
 */
export function lostLine(
  { callId, seat, generation }: Pick<JournalHeader, 'callId' | 'seat' | 'generation'>,
  seq: number,
  atMs: number,
): string {
  const line: JournalLine = {
    line: 'event',
    v: CALL_EVENT_VERSION,
    callId,
    seat,
    generation,
    seq,
    atMs,
    type: 'lineLost',
    data: {},
  };
  return JSON.stringify(line);
}
