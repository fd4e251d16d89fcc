import type { CallEvent } from '@parley/contracts/call-event';
import fc from 'fast-check';
import { playTimeline, type TimelineRow, timelineRow } from '../../replay/timeline.ts';
import { timelineTest } from '../../replay/timeline-test.ts';
import type { CallSettings } from '../settings.ts';

/** A broken property of calls: fast-check's message, then the smallest call that breaks it as a test to paste. */
export class BrokenCall extends Error {
  override readonly name = 'BrokenCall';
  readonly code = 'property_broken';
}

/**
 * A fast-check reporter for properties over calls. `play` plays what the property was given once more and notes each
 * event before the reducer gets it; what it throws is the failure that is being told.
 */
export function tellAsTimeline<Given>(
  settings: CallSettings,
  play: (given: Given, events: CallEvent[]) => void,
): (details: fc.RunDetails<[Given]>) => void {
  return (details) => {
    const message = fc.defaultReportMessage(details);
    if (message === undefined) return;
    const { counterexample, errorInstance: cause } = details;
    if (counterexample === null) throw new BrokenCall(message, { cause });
    throw new BrokenCall(`${message}\n\n${timelineOf(settings, counterexample[0], play)}`, { cause });
  };
}

function timelineOf<Given>(
  settings: CallSettings,
  given: Given,
  play: (given: Given, events: CallEvent[]) => void,
): string {
  const events: CallEvent[] = [];
  try {
    play(given, events);
  } catch {
    // It fails again, as it did in the property; the events up to there are what is wanted.
  }
  return timelineTest({
    name: 'breaks a property',
    comment: ['A call that breaks a property, with the commands as they are: write what they should be.'],
    settings,
    rows: playedRows(
      settings,
      events.map((event) => timelineRow(event, [])),
    ),
  });
}

/** The rows with their commands; without them where the reducer itself throws. */
function playedRows(settings: CallSettings, rows: readonly TimelineRow[]): readonly TimelineRow[] {
  try {
    return playTimeline(settings, rows);
  } catch {
    return rows;
  }
}
