import type { WorkerReport } from '@parley/contracts/internal-api';
import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { silentLog } from './testing/silent-log.ts';
import { startWorkerReports } from './worker-reports.ts';

function reporting(send: (calls: number) => Promise<void> = async () => {}) {
  const clock = createVirtualClock();
  const sent: string[] = [];
  let calls = 0;
  const reports = startWorkerReports({
    server: {
      report: (report) => {
        sent.push(`${report.calls} at ${clock.nowMs()}`);
        return send(report.calls);
      },
    },
    report: () => ({ calls }) as WorkerReport,
    clock,
    log: silentLog,
  });
  const change = (to: number) => {
    calls = to;
    reports.changed();
  };
  return { reports, clock, sent, change };
}

describe('the reports of a worker', () => {
  it('come at once, every 2 s and at each change', async () => {
    const { clock, sent, change } = reporting();
    await clock.advance(2_500);
    change(1);
    await clock.advance(2_000);
    expect(sent).toEqual(['0 at 0', '0 at 2000', '1 at 2500', '1 at 4500']);
  });

  it('wait for the one under way, then tell the last state alone', async () => {
    let answer = () => {};
    const { clock, sent, change } = reporting(() => new Promise((resolve) => (answer = resolve)));
    await clock.advance(0);
    for (let i = 1; i <= 5; i++) change(i);
    expect(sent).toEqual(['0 at 0']);
    answer();
    await clock.advance(0);
    expect(sent).toEqual(['0 at 0', '5 at 0']);
  });

  it('go on while the server is away, and close with a last one', async () => {
    const { clock, sent, reports } = reporting(() => Promise.reject(new Error('away')));
    await clock.advance(4_000);
    const closed = reports.close();
    await clock.advance(0);
    await closed;
    expect(sent).toEqual(['0 at 0', '0 at 2000', '0 at 4000', '0 at 4000']);
    expect(clock.pendingTimers).toBe(0);
  });
});
