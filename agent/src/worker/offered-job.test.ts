import { Job, Room } from '@livekit/protocol';
import { describe, expect, it } from 'vitest';
import { acceptance, readJob } from './offered-job.ts';

const job = (metadata: string, room: Room | null = new Room({ sid: 'RM_1', name: 'call-1' })) =>
  new Job({ id: 'AJ_1', dispatchId: 'AD_1', agentName: 'parley', metadata, ...(room && { room }) });

function soundJob(metadata: string) {
  const read = readJob(job(metadata));
  if (read.kind !== 'sound') throw new Error(read.job.fault);
  return read.job;
}

function faultOf(faulty: Job): string {
  const read = readJob(faulty);
  return read.kind === 'faulty' ? read.job.fault : 'none';
}

describe('an offered job', () => {
  it('without metadata is a call with every default', () => {
    expect(soundJob('')).toMatchObject({
      callId: 'RM_1',
      identity: 'agent-RM_1',
      roomName: 'call-1',
      dispatchId: 'AD_1',
      metadata: { generation: 1, seat: 'main', callerWaitMs: 15_000 },
    });
  });

  it('of another seat has the identity of that seat, the same in every generation', () => {
    expect(soundJob('{"seat":"notes","generation":3}').identity).toBe('agent-RM_1-notes');
  });

  it('that cannot be read says what is wrong', () => {
    expect(faultOf(job('nonsense'))).toContain('not JSON');
    expect(faultOf(job('{"generation":0,"seat":"A b"}'))).toMatch(/generation: .*seat: /);
    expect(faultOf(job('', null))).toBe('the job names no room');
    expect(faultOf(job('', new Room({ sid: 'RM_1' })))).toBe('the job names no room');
  });

  it('is accepted for the agent it names, by the name that people see', () => {
    const words = { name: 'receptionist', title: 'Front desk', description: '', language: 'en' };
    const known = [{ ...words, isPublic: false, contentHash: '' }];
    expect(acceptance(soundJob('{"generation":2}'), known, 'receptionist')).toEqual({
      kind: 'accepted',
      identity: 'agent-RM_1',
      name: 'Front desk',
      attributes: {
        'lk.agent.state': 'initializing',
        'lk.agent.name': 'receptionist',
        'parley.agent': 'receptionist',
        'parley.call_id': 'RM_1',
        'parley.generation': '2',
      },
    });
    expect(acceptance(soundJob('{"agent":"unheard-of"}'), known, 'receptionist')).toMatchObject({
      name: 'unheard-of',
    });
  });
});
