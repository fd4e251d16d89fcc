import { describe, expect, it } from 'vitest';
import { createProcessLog } from './process-log.ts';

function openLog(logsPersonal: boolean) {
  const lines: string[] = [];
  const to = { write: (line: string) => void lines.push(line) };
  return { lines, log: createProcessLog({ logLevel: 'info', logsPersonal, to }) };
}

describe('the log of the server', () => {
  it.each([false, true])('hides secrets; personal data where it is not asked for (asked: %s)', (isAsked) => {
    const { log, lines } = openLog(isAsked);
    const err = Object.assign(new Error('refused'), { connectionString: 'postgres://u:hush@h/d' });
    log
      .child({ personal: { roomName: 'call-+49123' } })
      .error({ err, callId: 'RM_1', password: 'hush' }, 'no');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('RM_1');
    expect(lines[0]).not.toContain('hush');
    expect(lines[0]?.includes('+49123')).toBe(isAsked);
  });
});
