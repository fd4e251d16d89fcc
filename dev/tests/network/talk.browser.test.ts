import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GOOD_LINK, type LinkConditions } from '../../network/conditions.ts';
import { type ImpairedNetwork, startImpairedNetwork } from '../../network/impaired-network.ts';
import { reasonForNoNetwork } from '../../network/testing/no-network.ts';
import { shownState } from '../browser/support/shown-talk.ts';
import { type CallerPage, openCallerPage } from './support/caller-page.ts';
import { type ParleyBehindLink, startParleyBehindLink, TURN_TLS_PORT } from './support/parley-behind-link.ts';
import { GREETING, type Script, speakScript } from './support/script.ts';
import { callOverLink } from './support/talk-over-link.ts';

/** Shorter than the agent waits for a caller who dropped out (20 s), longer than any connection holds by itself. */
const OUTAGE_MS = 15_000;
const PATIENCE_MS = 60_000;

describe.skipIf(reasonForNoNetwork !== null)('a call in a bad network', () => {
  let network: ImpairedNetwork;
  let parley: ParleyBehindLink;
  let script: Script;
  let caller: CallerPage | null = null;

  beforeAll(async () => {
    network = await startImpairedNetwork();
    [parley, script] = await Promise.all([startParleyBehindLink(network.host), speakScript()]);
  }, 240_000);
  afterEach(async () => {
    await caller?.close();
    caller = null;
  });
  afterAll(async () => {
    await parley?.stop();
    await network?.close();
  });

  async function call(conditions: Partial<LinkConditions>) {
    await network.change({ ...GOOD_LINK, ...conditions });
    const before = await parley.journals();
    caller = await openCallerPage(network.caller);
    const talk = await callOverLink(caller, { link: parley.link, greeting: GREETING });
    return {
      ...talk,
      page: caller.page,
      calls: async () => (await parley.journals()).filter((name) => !before.includes(name)),
    };
  }

  it('is talked through at 5 % loss and 150 ms each way', async () => {
    const talk = await call({ lossPercent: 5, delayMs: 150, jitterMs: 30 });
    await talk.exchange(script.hours);
    expect(await talk.calls()).toHaveLength(1);
  }, 120_000);

  it('goes over TCP where UDP is blocked', async () => {
    const talk = await call({ block: 'udp' });
    await talk.exchange(script.hours);
    expect(await talk.calls()).toHaveLength(1);
  }, 120_000);

  it('goes over TURN and TLS where nothing else is let through', async () => {
    const talk = await call({ block: { allButTcpPorts: [parley.port, TURN_TLS_PORT] } });
    await talk.exchange(script.hours);
    expect(await talk.calls()).toHaveLength(1);
  }, 120_000);

  it('goes on after an outage, and the page says what is wrong meanwhile', async () => {
    const talk = await call({});
    await talk.exchange(script.hours);
    await network.change({ block: 'everything' });
    const clock = createMonotonicClock();
    await expect.poll(() => shownState(talk.page), { timeout: OUTAGE_MS }).toBe('Reconnecting');
    await delay(clock, OUTAGE_MS - clock.nowMs());
    await network.change(GOOD_LINK);
    await expect.poll(() => shownState(talk.page), { timeout: PATIENCE_MS }).toBe('Listening');
    await talk.exchange(script.puncture);
    expect(await talk.calls()).toHaveLength(1);
  }, 180_000);
});
