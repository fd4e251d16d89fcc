import { AGENT_ATTRIBUTE, TOPIC } from '@parley/contracts/room-protocol';
import { expect, it } from 'vitest';
import { createRoomView } from './room-view.ts';

const agent = {
  identity: 'agent-RM_1',
  kind: 'agent',
  attributes: { [AGENT_ATTRIBUTE.state]: 'initializing' },
} as const;

it('the agent state is kept over time, each change once', () => {
  const view = createRoomView();
  view.take({ type: 'participantJoined', participant: agent, atMs: 1 });
  for (const [atMs, state] of [
    [2, 'listening'],
    [3, 'listening'],
    [4, 'nonsense'],
    [5, 'speaking'],
  ] as const) {
    const attributes = { [AGENT_ATTRIBUTE.state]: state };
    view.take({ type: 'attributesChanged', identity: agent.identity, attributes, atMs });
  }
  expect(view.agentStates).toEqual([
    { state: 'initializing', atMs: 1 },
    { state: 'listening', atMs: 2 },
    { state: 'speaking', atMs: 5 },
  ]);
});

it('who comes back under the same identity stands there twice', () => {
  const view = createRoomView();
  view.take({ type: 'participantJoined', participant: agent, atMs: 1 });
  view.take({ type: 'participantLeft', identity: agent.identity, atMs: 2 });
  view.take({ type: 'participantJoined', participant: agent, atMs: 3 });
  expect(view.members).toMatchObject([
    { joinedAtMs: 1, leftAtMs: 2 },
    { joinedAtMs: 3, leftAtMs: null },
  ]);
});

it('a text stream grows by its deltas until it is closed or cut', () => {
  const view = createRoomView();
  const opened = {
    type: 'textOpened',
    topic: TOPIC.transcription,
    identity: 'agent',
    attributes: {},
  } as const;
  view.take({ ...opened, streamId: 'a', atMs: 1 });
  view.take({ ...opened, streamId: 'b', atMs: 2 });
  view.take({ type: 'textDelta', streamId: 'a', text: 'Hel', atMs: 3 });
  view.take({ type: 'textDelta', streamId: 'a', text: 'lo.', atMs: 4 });
  view.take({ type: 'textClosed', streamId: 'a', isWhole: true, atMs: 5 });
  expect(view.texts).toMatchObject([
    { streamId: 'a', text: 'Hello.', openedAtMs: 1, end: { atMs: 5, isWhole: true } },
    { streamId: 'b', text: '', end: null },
  ]);
  expect(view.texts[0]?.deltas).toEqual([
    { text: 'Hel', atMs: 3 },
    { text: 'lo.', atMs: 4 },
  ]);
});
