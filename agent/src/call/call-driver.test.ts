import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { participantIdSchema } from '@parley/contracts/ids';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { type CallDriver, createCallDriver } from './call-driver.ts';

const participantId = participantIdSchema.parse('caller-1');

function driven() {
  const clock = createVirtualClock();
  const obeyed: CallCommand[] = [];
  const journaled: { event: CallEvent; isDurable: boolean }[] = [];
  let onCommand = (_command: CallCommand, _driver: CallDriver) => {};
  const driver: CallDriver = createCallDriver({
    settings: testSettings(),
    clock,
    journal: { append: (event, _commands, isDurable) => journaled.push({ event, isDurable }), close() {} },
    onStep() {},
    obey: (command) => {
      obeyed.push(command);
      onCommand(command, driver);
    },
  });
  return { clock, obeyed, journaled, driver, react: (to: typeof onCommand) => (onCommand = to) };
}

describe('the driver of a call', () => {
  it('stamps events with the call clock and wakes the reducer at its deadlines', async () => {
    const { clock, obeyed, journaled, driver } = driven();
    await clock.advance(40);
    driver.send({ type: 'callStarted', data: {} });
    expect(journaled[0]?.event.atMs).toBe(40);
    await clock.advance(20_000);
    expect(obeyed.at(-1)).toEqual({ type: 'endCall', data: { reason: 'no_caller' } });
    expect(journaled.at(-1)).toMatchObject({ event: { type: 'woke', atMs: 15_000 }, isDurable: true });
  });

  it('takes an event that a command caused after the step that gave the command', () => {
    const { driver, journaled, obeyed, react } = driven();
    react((command) => {
      if (command.type !== 'speak') return;
      driver.send({
        type: 'ttsFailed',
        data: { replyId: command.data.replyId, code: 'unavailable', message: '' },
      });
      expect(journaled.at(-1)?.event.type).toBe('participantListening');
    });
    driver.send({ type: 'pipelineReady', data: {} });
    driver.send({ type: 'participantJoined', data: { participantId, kind: 'standard', name: '' } });
    driver.send({ type: 'participantListening', data: { participantId } });
    expect(journaled.map(({ event }) => event.type).at(-1)).toBe('ttsFailed');
    expect(obeyed.map(({ type }) => type)).toContain('abortReply');
  });

  it('is still after close', async () => {
    const { clock, driver, obeyed } = driven();
    driver.send({ type: 'callStarted', data: {} });
    driver.close();
    driver.send({ type: 'pipelineReady', data: {} });
    await clock.advance(60_000);
    expect(obeyed.map(({ type }) => type)).toEqual(['setAgentState', 'setVoiceState']);
    expect(clock.pendingTimers).toBe(0);
  });
});
