import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { greetedBy, healthOf, processOf, until, WAIT } from './parley-call.ts';
import { openParleyStage } from './parley-stage.ts';

const CALLS = 500;
const AT_ONCE = 5;
/** The first share of the calls fills caches. */
const WARM_SHARE = 0.2;
/** As much as an hour of such calls may cost and nobody would mind, in kB a call. */
const MOST_RSS_KB_A_CALL = 40;
/** Descriptors that may come and go, beside none that stay. */
const DESCRIPTOR_PLAY = 10;

const stage = openParleyStage(1);

interface Footprint {
  readonly calls: number;
  readonly rssKb: number;
  readonly descriptors: number;
  readonly threads: number;
}

function footprintOf(pid: number, calls: number): Footprint {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const descriptors = readdirSync(`/proc/${pid}/fd`).length;
  return { calls, rssKb: field('VmRSS'), descriptors, threads: field('Threads') };
}

/** The slope of a line through points, by least squares. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (pick: 0 | 1) => points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

async function shortCall(): Promise<string> {
  const caller = await greetedBy(stage.parley, 'storyteller');
  await caller.sendChat('What are your prices?');
  await caller.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
  await caller.leave();
  return caller.roomSid;
}

// Half an hour: nothing of it is seen in a few calls.
it.runIf(process.env.PARLEY_TEST_LONG === '1')(
  `${CALLS} short calls in one process leave nothing behind`,
  async () => {
    const footprints: Footprint[] = [];
    for (let calls = 0; calls < CALLS; calls += AT_ONCE) {
      const [callId = ''] = await Promise.all(Array.from({ length: AT_ONCE }, shortCall));
      await until('its calls are over', async () => (await healthOf(stage.parley)).workers.calls === 0);
      footprints.push(footprintOf(processOf(stage.parley, callId), calls + AT_ONCE));
    }
    const settled = footprints.slice(Math.floor(footprints.length * WARM_SHARE));
    const [first, last] = [settled[0], settled.at(-1)];
    if (first === undefined || last === undefined) throw new Error('no call was held');
    const rssSlopeKb = slopeOf(settled.map(({ calls, rssKb }) => [calls, rssKb]));
    console.info(`rss slope ${rssSlopeKb.toFixed(1)} kB a call`, first, last);
    expect(last.descriptors).toBeLessThanOrEqual(first.descriptors + DESCRIPTOR_PLAY);
    expect(last.threads).toBeLessThanOrEqual(first.threads + DESCRIPTOR_PLAY);
    expect(rssSlopeKb).toBeLessThan(MOST_RSS_KB_A_CALL);
  },
  CALLS * 20_000,
);
