import { Job, Room } from '@livekit/protocol';
import type { ClaimAnswer } from '@parley/contracts/internal-api';
import { describe, expect, it } from 'vitest';
import type { InternalClient } from './internal-client.ts';
import { InternalApiError } from './internal-request.ts';
import { readJob } from './offered-job.ts';
import { createSeatClaim } from './seat-claim.ts';
import { silentLog } from './testing/silent-log.ts';

function jobOf(generation: number) {
  const room = new Room({ sid: 'RM_1', name: 'call-1' });
  const read = readJob(new Job({ id: 'AJ_1', room, metadata: JSON.stringify({ generation }) }));
  if (read.kind === 'faulty') throw new Error(read.job.fault);
  return read.job;
}

function claimWith(options: { server?: () => Promise<ClaimAnswer>; sitting?: number | null }) {
  const asked: string[] = [];
  const { server: answer, sitting = null } = options;
  const server: Pick<InternalClient, 'claim'> | null = answer
    ? {
        claim: ({ workerId, generation }) => {
          asked.push(`${workerId} ${generation}`);
          return answer();
        },
      }
    : null;
  const rooms = {
    seatGeneration: async () => {
      asked.push('room');
      return sitting;
    },
  };
  const claim = createSeatClaim({ server, rooms, workerId: 'worker-1', log: silentLog });
  const claimAs = (generation: number, signal = new AbortController().signal) =>
    claim(jobOf(generation), signal);
  return { claim: claimAs, asked };
}

describe('the claim to a seat', () => {
  it('is decided by the server alone where there is one', async () => {
    const granted = claimWith({ server: async () => ({ kind: 'granted' }), sitting: 9 });
    expect(await granted.claim(1)).toEqual({ kind: 'granted' });
    const refused = claimWith({ server: async () => ({ kind: 'refused', heldGeneration: 2 }) });
    expect(await refused.claim(1)).toEqual({ kind: 'refused', heldGeneration: 2 });
    expect([granted.asked, refused.asked]).toEqual([['worker-1 1'], ['worker-1 1']]);
  });

  it('is decided by who sits in the room where there is no server, or none that answers', async () => {
    const server = () => Promise.reject(new InternalApiError('timeout', 'no answer'));
    for (const options of [{}, { server }]) {
      expect(await claimWith({ ...options, sitting: null }).claim(1)).toEqual({ kind: 'granted' });
      expect(await claimWith({ ...options, sitting: 1 }).claim(2)).toEqual({ kind: 'granted' });
      expect(await claimWith({ ...options, sitting: 2 }).claim(2)).toEqual({
        kind: 'refused',
        heldGeneration: 2,
      });
      expect(await claimWith({ ...options, sitting: 3 }).claim(2)).toEqual({
        kind: 'refused',
        heldGeneration: 3,
      });
    }
  });

  it('ends with its call', async () => {
    const ended = new AbortController();
    const { claim, asked } = claimWith({
      server: () => {
        ended.abort(new Error('over'));
        return Promise.reject(new InternalApiError('unreachable', 'gone'));
      },
    });
    await expect(claim(1, ended.signal)).rejects.toThrow('over');
    expect(asked).not.toContain('room');
  });
});
