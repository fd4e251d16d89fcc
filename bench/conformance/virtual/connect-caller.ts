import { CALLER } from './agent-ear.ts';
import type { World } from './world.ts';

/** The call begins, and its caller is there to be heard. */
export function connectCaller(world: World): void {
  world.tell({ type: 'callStarted', data: {} });
  world.tell({ type: 'pipelineReady', data: {} });
  world.tell({
    type: 'participantJoined',
    data: { participantId: CALLER, kind: 'standard', name: 'Ann' },
  });
  world.tell({ type: 'participantListening', data: { participantId: CALLER } });
}
