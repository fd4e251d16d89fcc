import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { journalHeaderSchema, journalLineSchema, parseCallEvent } from '@parley/contracts/call-event';
import { callIdSchema, MAIN_SEAT, participantIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { journalPath, openJournal } from './journal.ts';

const header = {
  engineVersion: '1',
  callId: callIdSchema.parse('RM_abc'),
  seat: MAIN_SEAT,
  generation: 1,
  roomName: 'call-1',
  agent: 'desk',
  agentVersion: null,
  startedAtEpochMs: Date.UTC(2026, 10, 21, 12),
  settings: {},
  seed: 7,
};
const log = pino({ level: 'silent' });
const participantId = participantIdSchema.parse('caller-1');

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'parley-journal-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe('the journal', () => {
  it('holds a header, then each event with its commands, numbered, readable by the schemas', () => {
    const dataDir = folder();
    const journal = openJournal({ dataDir, header, log });
    const event = { type: 'participantListening', atMs: 12.5, data: { participantId } } as const;
    journal.append(event, [{ type: 'setAgentState', data: { state: 'listening' } }], true);
    journal.append({ type: 'woke', atMs: 20, data: {} }, [], false);
    journal.close();
    const file = journalPath(dataDir, header);
    expect(file).toBe(path.join(dataDir, 'recordings/2026/11/RM_abc.main.1.ndjson'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [first, ...rest] = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(journalHeaderSchema.parse(first)).toMatchObject({ callId: 'RM_abc', seed: 7 });
    const lines = rest.map((line) => journalLineSchema.parse(line));
    expect(lines.map(({ seq, line }) => `${seq} ${line}`)).toEqual(['0 event', '1 command', '2 event']);
    expect(lines[0] && parseCallEvent(lines[0])).toEqual(event);
  });

  it('is whole up to the last step before it is closed', () => {
    const dataDir = folder();
    const journal = openJournal({ dataDir, header, log });
    journal.append({ type: 'woke', atMs: 1, data: {} }, [], false);
    expect(readFileSync(journalPath(dataDir, header), 'utf8').trim().split('\n')).toHaveLength(2);
    journal.close();
  });

  it('never writes into the file of another process, and does not stop the call', () => {
    const dataDir = folder();
    const first = openJournal({ dataDir, header, log });
    const second = openJournal({ dataDir, header, log });
    second.append({ type: 'woke', atMs: 1, data: {} }, [], true);
    expect(readFileSync(journalPath(dataDir, header), 'utf8').trim().split('\n')).toHaveLength(1);
    second.close();
    first.close();
  });

  it('goes without a folder that cannot be made', () => {
    const dataDir = path.join(folder(), 'a-file');
    writeFileSync(dataDir, '');
    const journal = openJournal({ dataDir, header, log });
    expect(() => journal.append({ type: 'woke', atMs: 1, data: {} }, [], true)).not.toThrow();
    journal.close();
  });
});
