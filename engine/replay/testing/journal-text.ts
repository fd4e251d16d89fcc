import { CALL_EVENT_VERSION, type CallEvent, type JournalHeader } from '@parley/contracts/call-event';
import { callIdSchema, MAIN_SEAT } from '@parley/contracts/ids';
import { ENGINE_VERSION, reduceCall } from '../../call/reduce.ts';
import type { CallSettings } from '../../call/settings.ts';
import { initialCallState } from '../../call/state.ts';

export const CALL_ID = callIdSchema.parse('RM_replayed');

export function headerOf(settings: CallSettings): JournalHeader {
  return {
    line: 'header',
    v: CALL_EVENT_VERSION,
    engineVersion: ENGINE_VERSION,
    callId: CALL_ID,
    seat: MAIN_SEAT,
    generation: settings.generation,
    roomName: 'call-1',
    agent: 'desk',
    agentVersion: null,
    startedAtEpochMs: 1_795_000_000_000,
    settings: { ...settings },
    seed: 7,
  };
}

/** The journal that a call with these events leaves, as its lines. */
export function journalLines(settings: CallSettings, events: readonly CallEvent[]): string[] {
  const identity = {
    v: CALL_EVENT_VERSION,
    callId: CALL_ID,
    seat: MAIN_SEAT,
    generation: settings.generation,
  };
  let state = initialCallState(settings);
  let seq = 0;
  const lines: object[] = [headerOf(settings)];
  for (const event of events) {
    const next = reduceCall(state, event);
    state = next.state;
    lines.push({ line: 'event', ...identity, seq: seq++, ...event });
    for (const command of next.commands)
      lines.push({ line: 'command', ...identity, seq: seq++, atMs: event.atMs, ...command });
  }
  return lines.map((line) => JSON.stringify(line));
}
