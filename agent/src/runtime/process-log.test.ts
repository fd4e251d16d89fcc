import { describe, expect, it } from 'vitest';
import { createProcessLog } from './process-log.ts';

const SAID = 'my number is +49 30 1234567';

function openLog(logsPersonal: boolean) {
  const lines: string[] = [];
  const to = { write: (line: string) => void lines.push(line) };
  const log = createProcessLog({ logLevel: 'info', base: { pid: 1 }, logsPersonal, to });
  return { log, lines };
}

describe('the log of a process', () => {
  it('hides what is marked as personal, wherever it was bound', () => {
    const { log, lines } = openLog(false);
    log.info({ callId: 'RM_1', personal: { roomName: SAID } }, 'call begun');
    log.child({ personal: { participantId: SAID } }).warn({ caller: { personal: SAID } }, 'left');
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain('1234567');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ callId: 'RM_1', personal: '[hidden]', pid: 1 });
  });

  it('shows it where the operator asks for it', () => {
    const { log, lines } = openLog(true);
    log.info({ personal: { roomName: SAID } }, 'call begun');
    expect(JSON.parse(lines[0] ?? '').personal).toEqual({ roomName: SAID });
  });

  it('never shows a secret, be it in an error', () => {
    for (const logsPersonal of [false, true]) {
      const { log, lines } = openLog(logsPersonal);
      const err = Object.assign(new Error('refused'), { token: 'tok-1', authorization: 'Bearer tok-1' });
      log.error({ err, apiSecret: 'tok-1', livekit: { apiSecret: 'tok-1' } }, 'no way');
      expect(lines).toHaveLength(1);
      expect(lines.join()).not.toContain('tok-1');
      expect(lines.join()).toContain('refused');
    }
  });
});
