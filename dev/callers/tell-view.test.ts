import { AGENT_ATTRIBUTE, TOPIC } from '@parley/contracts/room-protocol';
import { expect, it } from 'vitest';
import { createRoomView } from './room-view.ts';
import { tellAgentStates, tellMembers, tellSounds, tellTexts } from './tell-view.ts';

it('tells that there was nothing', () => {
  const view = createRoomView();
  expect(tellTexts(view, 0)).toBe('no texts');
  expect(tellAgentStates(view, 0)).toBe('no agent states');
  expect(tellMembers(view, 0)).toBe('no members');
  expect(tellSounds(view.sound(), 0)).toBe('no sounds; no frame was ever heard');
});

it('tells who was there, in which states, and what was heard of them', () => {
  const view = createRoomView();
  const attributes = { [AGENT_ATTRIBUTE.state]: 'listening' };
  view.take({
    type: 'participantJoined',
    participant: { identity: 'agent-1', kind: 'agent', attributes },
    atMs: 1_000,
  });
  view.take({
    type: 'heard',
    identity: 'agent-1',
    loud: [{ onsetAtMs: 2_000, offsetAtMs: 2_500 }],
    untilMs: 3_000,
  });
  view.take({ type: 'participantLeft', identity: 'agent-1', atMs: 3_100 });
  view.take({ type: 'disconnected', reason: 'ROOM_DELETED', atMs: 3_200 });
  expect(tellAgentStates(view, 4_000)).toBe('agent states: listening 3.00 s ago');
  expect(tellMembers(view, 4_000)).toBe(
    'members: agent-1 (agent) came 3.00 s ago, left 0.90 s ago; the room let the caller go: ROOM_DELETED',
  );
  expect(tellSounds(view.sound(), 4_000)).toBe('sounds: 500 ms 2.00 s ago; the last frame came 1.00 s ago');
});

it('tells the last texts, and cuts the long ones', () => {
  const view = createRoomView();
  for (let index = 1; index <= 8; index++) {
    const [streamId, atMs] = [String(index), index * 1_000];
    view.take({
      type: 'textOpened',
      streamId,
      topic: TOPIC.chat,
      identity: 'ann',
      attributes: {},
      atMs,
    });
    view.take({ type: 'textDelta', streamId, text: `${index}`.repeat(index === 8 ? 200 : 1), atMs });
    if (index < 8) view.take({ type: 'textClosed', streamId, isWhole: true, atMs });
  }
  const told = tellTexts(view, 8_000);
  expect(told).toMatch(/^the last of 8 texts: lk.chat of ann 5.00 s ago "3", /);
  expect(told).toContain(`"${'8'.repeat(120)}…" (open)`);
});
