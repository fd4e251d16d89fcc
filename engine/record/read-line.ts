import {
  type CallCommand,
  type CallCommandType,
  type CallEvent,
  type CallEventType,
  callCommandData,
  callEventData,
  type JournalLine,
} from '@parley/contracts/call-event';

/** A journal's line as it is understood. */
export type ReadLine =
  | { readonly line: 'event'; readonly event: CallEvent }
  | { readonly line: 'command'; readonly command: CallCommand };

/** Null: a type that this version does not know, or data that are not of its type. */
export function readLine(line: JournalLine): ReadLine | null {
  if (line.line === 'event') {
    if (!Object.hasOwn(callEventData, line.type)) return null;
    const type = line.type as CallEventType;
    const read = callEventData[type].safeParse(line.data);
    return read.success
      ? { line: 'event', event: { type, atMs: line.atMs, data: read.data } as CallEvent }
      : null;
  }
  if (!Object.hasOwn(callCommandData, line.type)) return null;
  const type = line.type as CallCommandType;
  const read = callCommandData[type].safeParse(line.data);
  return read.success ? { line: 'command', command: { type, data: read.data } as CallCommand } : null;
}
