import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalPath, openJournal } from '@parley/agent/call/journal';
import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { reduceCall } from '@parley/engine/call/reduce';
import type { CallSettings } from '@parley/engine/call/settings';
import { initialCallState } from '@parley/engine/call/state';
import { headerOf } from '@parley/engine/replay/testing/journal-text';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';

/** A folder of the test's own, gone when the test is over. */
export function testFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'parley-replay-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Writes what the reducer did with these events by the agent's own journal; returns its file and the commands. */
export function writeJournal(options: {
  readonly dataDir: string;
  readonly settings: CallSettings;
  readonly events: readonly CallEvent[];
}): { readonly file: string; readonly commands: readonly CallCommand[] } {
  const { dataDir, settings, events } = options;
  const header = headerOf(settings);
  const journal = openJournal({ dataDir, header, log: pino({ level: 'silent' }) });
  const commands: CallCommand[] = [];
  let state = initialCallState(settings);
  for (const event of events) {
    const next = reduceCall(state, event);
    state = next.state;
    journal.append(event, next.commands, false);
    commands.push(...next.commands);
  }
  journal.close();
  return { file: journalPath(dataDir, header), commands };
}
