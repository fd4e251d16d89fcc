import {
  CALL_EVENT_VERSION,
  type CallEvent,
  type JournalHeader,
  type JournalLine,
  journalHeaderSchema,
  journalLineSchema,
  parseCallEvent,
} from '@parley/contracts/call-event';
import { z } from 'zod';
import type { CallSettings } from '../call/settings.ts';
import { callSettingsSchema } from './call-settings-schema.ts';

/** A call as its journal tells it: what went into the reducer and what came out, step by step. */
export interface StoredCall {
  readonly header: JournalHeader;
  readonly settings: CallSettings;
  /** Names of settings that the journal lacks. */
  readonly assumedSettings: readonly string[];
  readonly steps: readonly StoredStep[];
  /** The last line was cut off and is left out: the process died in the middle of writing. */
  readonly isCut: boolean;
}

export interface StoredStep {
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  /** Null: an event of a type that this engine does not know. */
  readonly event: CallEvent | null;
  readonly commands: readonly StoredCommand[];
}

/** A command as it stands in the journal; perhaps one that this engine does not know. */
export interface StoredCommand {
  readonly type: string;
  readonly data: unknown;
}

/** Why a text is no journal, or at which line it stops being one; lines count from 1. */
export interface JournalFault {
  readonly kind: 'faulty';
  readonly lineNumber: number;
  readonly why: string;
}

type Read = { readonly kind: 'call'; readonly call: StoredCall } | JournalFault;

/** Reads the whole text of a journal. */
export function readJournal(text: string): Read {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const isCut = tail !== '' && parseJson(tail) === null;
  if (tail !== '' && !isCut) lines.push(tail);
  return read(parseJson(lines[0] ?? tail)?.value, lines.slice(1).map(parseJson), isCut);
}

/** Reads a journal that is parsed already, as a server keeps it. */
export function readStoredJournal(header: JournalHeader, lines: readonly JournalLine[]): Read {
  return read(
    header,
    lines.map((value) => ({ value })),
    false,
  );
}

/** `null` is a line that is not JSON. */
function read(first: unknown, lines: readonly ({ readonly value: unknown } | null)[], isCut: boolean): Read {
  const opening = readHeader(first);
  if (typeof opening === 'string') return { kind: 'faulty', lineNumber: 1, why: opening };
  const { header, settings } = opening;
  const assumedSettings = Object.keys(settings).filter((name) => !Object.hasOwn(header.settings, name));

  const steps: Step[] = [];
  for (const [seq, line] of lines.entries()) {
    const why = line === null ? 'is not JSON' : addLine(header, steps, seq, line.value);
    if (why !== null) return { kind: 'faulty', lineNumber: seq + 2, why };
  }
  return { kind: 'call', call: { header, settings, assumedSettings, steps, isCut } };
}

type Step = StoredStep & { readonly commands: StoredCommand[] };

function readHeader(value: unknown): { header: JournalHeader; settings: CallSettings } | string {
  const read = journalHeaderSchema.safeParse(value);
  if (!read.success) {
    const version = z.object({ line: z.literal('header'), v: z.number() }).safeParse(value);
    if (version.success && version.data.v !== CALL_EVENT_VERSION)
      return `is a journal of version ${version.data.v}, and this reads version ${CALL_EVENT_VERSION}`;
    return version.success
      ? `has a faulty header: ${faultsOf(read.error)}`
      : 'is not the header of a journal';
  }
  const settings = callSettingsSchema.safeParse(read.data.settings);
  if (!settings.success)
    return `has settings that this engine cannot start from: ${faultsOf(settings.error)}`;
  return { header: read.data, settings: settings.data };
}

/** Adds a line to the steps; what is wrong with it, or null. */
function addLine(header: JournalHeader, steps: Step[], seq: number, value: unknown): string | null {
  const read = journalLineSchema.safeParse(value);
  if (!read.success) return `is neither an event nor a command: ${faultsOf(read.error)}`;
  const line = read.data;
  for (const key of ['callId', 'seat', 'generation'] as const)
    if (line[key] !== header[key]) return `is of ${key} ${line[key]}, and the header of ${header[key]}`;
  if (line.seq !== seq) return `has seq ${line.seq} where ${seq} comes next: lines are missing or doubled`;
  const last = steps.at(-1);
  if (line.line === 'command') {
    if (last === undefined) return 'is a command before any event';
    last.commands.push({ type: line.type, data: line.data });
    return null;
  }
  if (last !== undefined && line.atMs < last.atMs)
    return `goes back in time: ${line.atMs} ms after ${last.atMs} ms`;
  const event = readEvent(line);
  if (typeof event === 'string') return event;
  steps.push({ seq, atMs: line.atMs, type: line.type, event, commands: [] });
  return null;
}

function readEvent(line: JournalLine): CallEvent | null | string {
  try {
    return parseCallEvent(line);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return `is a ${line.type} with faulty data: ${faultsOf(error)}`;
  }
}

function parseJson(json: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(json) };
  } catch {
    // The caller says what that means at this line.
    return null;
  }
}

function faultsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'the line'}: ${message}`).join('; ');
}
