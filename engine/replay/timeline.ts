import {
  type CallCommand,
  type CallEvent,
  type callCommandData,
  callEventData,
} from '@parley/contracts/call-event';
import type { z } from 'zod';
import { reduceCall } from '../call/reduce.ts';
import type { CallSettings } from '../call/settings.ts';
import { initialCallState } from '../call/state.ts';
import type { StoredCommand } from './read-journal.ts';
import { asStored } from './same-commands.ts';

type EventData = typeof callEventData;
type CommandData = typeof callCommandData;

/** A command as a row of a table has it. */
export type TimelineCommand = {
  [T in keyof CommandData]: readonly [type: T, data: z.input<CommandData[T]>];
}[keyof CommandData];

/** One step of a call as a row of a table: when (ms of the call clock), what, with what, and what is to be done then. */
export type TimelineRow = {
  [T in keyof EventData]: readonly [
    atMs: number,
    type: T,
    data: z.input<EventData[T]>,
    ...commands: TimelineCommand[],
  ];
}[keyof EventData];

/** Gives the events of the rows to the reducer; the same rows with what it commands now. */
export function playTimeline(settings: CallSettings, rows: readonly TimelineRow[]): TimelineRow[] {
  let state = initialCallState(settings);
  return rows.map(([atMs, type, data]) => {
    const event = { type, atMs, data: callEventData[type].parse(data) } as CallEvent;
    const next = reduceCall(state, event);
    state = next.state;
    return timelineRow(event, asStored(next.commands));
  });
}

/** A row from an event and the commands that belong to it. */
export function timelineRow(
  { atMs, type, data }: CallEvent,
  commands: readonly (CallCommand | StoredCommand)[],
): TimelineRow {
  return [
    atMs,
    type,
    data,
    ...commands.map((command) => [command.type, command.data]),
  ] as unknown as TimelineRow;
}
