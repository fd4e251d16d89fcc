import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type AgentDefinitionInput, agentDefinitionSchema } from '@parley/contracts/agent-definition';
import { jobMetadataSchema } from '@parley/contracts/dispatch';
import { callIdSchema } from '@parley/contracts/ids';
import { openWav } from '@parley/recordings/testing/open-wav';
import { recordingFolder } from '@parley/recordings/testing/recording-folder';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { openCallRecording } from './call-recording.ts';

const MONTH = 'recordings/2026/11';

/** One process's 500 ms of a call: it begins at `fromMs` of the call clock. */
function record(
  dataDir: string,
  given: {
    readonly fromMs?: number;
    readonly metadata?: { readonly generation?: number; readonly seat?: string };
    readonly definition?: Partial<AgentDefinitionInput>;
    readonly joinsParts?: boolean;
  } = {},
) {
  const clock = createVirtualClock(given.fromMs);
  const recording = openCallRecording({
    call: {
      jobId: 'AJ_1',
      callId: callIdSchema.parse('RM_a'),
      roomName: 'call-1',
      url: '',
      token: '',
      metadata: jobMetadataSchema.parse({ ...given.metadata }),
    },
    definition: agentDefinitionSchema.parse({
      name: 'desk',
      title: 'Desk',
      greeting: 'Hello.',
      prompt: 'Be brief.',
      ...given.definition,
    }),
    dataDir,
    startedAtEpochMs: Date.UTC(2026, 10, 21, 12),
    clock,
    trackRateHz: 16_000,
    joinsParts: given.joinsParts ?? true,
    log: pino({ level: 'silent' }),
  });
  const talk = async () => {
    recording.recorder.setState('on');
    await clock.advance(500);
  };
  return { recording, talk, clock };
}

const filesIn = (dataDir: string) =>
  readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.startsWith(`${MONTH}/`))
    .map((name) => path.basename(name))
    .sort();

describe("a process's part of a call's recording", () => {
  it('becomes the recording when the call is over, with what earlier processes left', async () => {
    const dataDir = recordingFolder();
    const first = record(dataDir);
    await first.talk();
    await first.recording.finish('superseded');
    expect(filesIn(dataDir)).toEqual(['RM_a.1.wav.part']);
    const second = record(dataDir, { fromMs: 2_000, metadata: { generation: 2 } });
    await second.talk();
    await second.recording.finish('caller_left');
    expect(filesIn(dataDir)).toEqual(['RM_a.peaks.json', 'RM_a.wav']);
    expect(openWav(path.join(dataDir, MONTH, 'RM_a.wav')).lengthMs).toBe(2_500);
  });

  it('stays a part where another process goes on, or the server joins them', async () => {
    for (const [reason, joinsParts] of [
      ['superseded', true],
      ['caller_left', false],
    ] as const) {
      const dataDir = recordingFolder();
      const { recording, talk } = record(dataDir, { joinsParts });
      await talk();
      await recording.finish(reason);
      expect(filesIn(dataDir)).toEqual(['RM_a.1.wav.part']);
    }
  });

  it('is joined to what was joined before it, and never touches that of a process that still writes', async () => {
    const dataDir = recordingFolder();
    const first = record(dataDir);
    await first.talk();
    const second = record(dataDir, { fromMs: 2_000, metadata: { generation: 2 } });
    await second.talk();
    await until(() => filesIn(dataDir).includes('RM_a.2.wav.part'));
    await first.recording.finish('worker_stopped');
    expect(filesIn(dataDir)).toEqual(['RM_a.2.wav.part', 'RM_a.peaks.json', 'RM_a.wav']);
    await second.recording.finish('caller_left');
    expect(filesIn(dataDir)).toEqual(['RM_a.peaks.json', 'RM_a.wav']);
    expect(openWav(path.join(dataDir, MONTH, 'RM_a.wav')).lengthMs).toBe(2_500);
  });

  it('ends once, and lets go of its timer', async () => {
    const dataDir = recordingFolder();
    const { recording, talk, clock } = record(dataDir);
    await talk();
    await Promise.all([recording.finish('superseded'), recording.finish('agent_failed')]);
    expect(filesIn(dataDir)).toEqual(['RM_a.1.wav.part']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is not made where the agent does not record, or sits beside the main one', async () => {
    const dataDir = recordingFolder();
    for (const given of [{ definition: { recording: 'off' } }, { metadata: { seat: 'second' } }] as const) {
      const { recording, talk } = record(dataDir, given);
      await talk();
      await recording.finish('caller_left');
    }
    expect(filesIn(dataDir)).toEqual([]);
  });

  it('is kept as it is where the disk does not take the whole', async () => {
    const dataDir = recordingFolder();
    const { recording, talk } = record(dataDir);
    await talk();
    await recording.recorder.close();
    // Where the recording belongs there is a folder.
    mkdirSync(path.join(dataDir, MONTH, 'RM_a.wav', 'taken'), { recursive: true });
    await recording.finish('caller_left');
    expect(filesIn(dataDir).filter((name) => name.startsWith('RM_a.'))).toEqual([
      'RM_a.1.wav.part',
      'RM_a.wav',
    ]);
  });
});

/** The disk works in its own time. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
