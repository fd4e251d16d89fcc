import { describeState } from './describe-state.ts';
import { formatCommand, formatEvent, formatSeconds } from './format-step.ts';
import type { StoredCall, StoredCommand } from './read-journal.ts';
import type { Difference, Replay } from './replay-call.ts';
import { differencesOf } from './same-commands.ts';

/** Steps that are shown before a difference. */
const STEPS_BEFORE = 8;
/** The left column at its widest; a longer command runs on, and its differing values follow below. */
const WIDEST_COLUMN = 60;

/** A replay for people: what was compared, what is odd, and where the first difference is, if there is one. */
export function describeReplay(call: StoredCall, replay: Replay): string {
  const { header } = call;
  const { outcome, engineVersions } = replay;
  const unknown = Object.entries(replay.unknownEvents);
  const early = replay.earlyWakes[0];
  const lines = [
    `call ${header.callId}, seat ${header.seat}, generation ${header.generation}, agent ${header.agent}: ${replay.events} events, ${replay.commands} commands`,
    ...(engineVersions.journal === engineVersions.here
      ? []
      : [
          `other engine version: the journal is of engine ${engineVersions.journal}, this is ${engineVersions.here}; compared all the same`,
        ]),
    ...(call.assumedSettings.length === 0
      ? []
      : [
          `the journal is older than some settings, which are taken to be off: ${call.assumedSettings.join(', ')}`,
        ]),
    ...(call.isCut ? ['the last line is cut off: the process died while it wrote; it is left out'] : []),
    ...(unknown.length === 0
      ? []
      : [
          `events unknown to this engine were passed over: ${unknown.map(([type, count]) => `${count} ${type}`).join(', ')}`,
        ]),
    ...(early === undefined
      ? []
      : [
          `fault of the driver: ${replay.earlyWakes.length} wakes came early, the first with seq ${early.seq} at ${formatSeconds(early.atMs)}, asked for at ${early.askedForAtMs === null ? 'no time' : formatSeconds(early.askedForAtMs)}`,
        ]),
    ...(outcome.kind === 'same' ? ['same'] : describeDifference(call, outcome)),
  ];
  return lines.join('\n');
}

function describeDifference({ steps }: StoredCall, difference: Difference): readonly string[] {
  const { index, step, now, before, after } = difference;
  return [
    `different at seq ${step.seq}, ${formatSeconds(step.atMs)}, ${step.type}`,
    '',
    ...steps
      .slice(Math.max(0, index - STEPS_BEFORE), index)
      .flatMap((earlier) => [
        formatEvent(earlier),
        ...earlier.commands.map((command) => `              -> ${formatCommand(command)}`),
      ]),
    formatEvent(step).replace(/^ {2}/, '=>'),
    '',
    ...sideBySide(step.commands, now),
    '',
    'before it',
    ...describeState(before).map((line) => `  ${line}`),
    'after it, by this engine',
    ...describeState(after).map((line) => `  ${line}`),
  ];
}

/** Stored and new commands in two columns, the pairs that differ marked, with the values that differ below them. */
function sideBySide(stored: readonly StoredCommand[], now: readonly StoredCommand[]): readonly string[] {
  const rows = Array.from({ length: Math.max(stored.length, now.length) }, (_, index) => ({
    left: stored[index],
    right: now[index],
  }));
  const longest = Math.max(...rows.map(({ left }) => textOf(left).length), 'in the journal'.length);
  const width = Math.min(WIDEST_COLUMN, longest);
  return [
    `     ${'in the journal'.padEnd(width)}  by this engine`,
    ...rows.flatMap(({ left, right }) => {
      const differences = differencesOf(left, right);
      const mark = differences.length > 0 ? '  !  ' : '     ';
      const row = `${mark}${textOf(left).padEnd(width)}  ${textOf(right)}`;
      if (left?.type !== right?.type) return [row];
      return [
        row,
        ...differences.map(
          ({ path, stored: was, now: is }) =>
            `       ${path}: ${JSON.stringify(was)} is now ${JSON.stringify(is)}`,
        ),
      ];
    }),
  ];
}

function textOf(command: StoredCommand | undefined): string {
  return command === undefined ? '(nothing)' : formatCommand(command);
}
