import { dispose, Room, RoomEvent } from '@livekit/rtc-node';
import type { CallRunner } from '@parley/agent/worker/contract';
import { CallStopped } from '@parley/agent/worker/contract';
import { startProcess } from '@parley/agent/worker/start-process';

/*
 * A worker process whose calls join their room and sit in it, saying which process they are of, until they are told
 * to stop or the room ends. The variable `behaviour` of a dispatch makes a call do something else.
 */
const stage = { provider: 'none', reason: 'a test', upgrade: '' };

const runner: CallRunner = {
  async runCall(call, { signal, acquireJoin }) {
    const behaviour = call.metadata.variables.behaviour?.value;
    const stopped = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    if (behaviour === 'stay-out') return stopped;
    const room = new Room();
    const disconnected = new Promise<void>((resolve) => room.once(RoomEvent.Disconnected, () => resolve()));
    const release = await acquireJoin();
    await room.connect(call.url, call.token, { autoSubscribe: false, dynacast: false });
    release();
    await room.localParticipant?.setAttributes({ 'test.pid': String(process.pid) });
    if (call.metadata.generation === 1 && behaviour === 'throw') {
      // Once there is somebody to come back to, and for ever: also when the room is gone, which comes soon after.
      let hasBegun = false;
      setInterval(() => {
        hasBegun ||= room.remoteParticipants.size > 0;
        if (hasBegun) throw new Error('thrown where nobody catches');
      }, 50);
    }
    await Promise.race([stopped, disconnected]);
    if (signal.reason instanceof CallStopped)
      console.log(JSON.stringify({ msg: 'call stopped', why: signal.reason.code }));
    await room.disconnect();
  },
  agents: () => [
    {
      name: 'sitter',
      title: 'The Sitter',
      description: '',
      language: 'en',
      isPublic: false,
      contentHash: '0',
    },
  ],
  defaultAgent: () => 'sitter',
  faults: () => [],
  stages: () => ({ vad: stage, stt: stage, llm: stage, tts: stage }),
  warm: async () => {},
  close: async () => dispose(),
};

await startProcess(async () => runner);
