import type { Page } from 'playwright-core';
import { GOOD_LINK, type LinkConditions } from '../../../network/conditions.ts';
import { startImpairedNetwork } from '../../../network/impaired-network.ts';
import { type CallerPage, openCallerPage } from './caller-page.ts';
import type { MediaWay } from './media-way.ts';
import { startParleyBehindLink } from './parley-behind-link.ts';
import { type Script, speakScript } from './script.ts';
import { callOverLink, type TalkOverLink } from './talk-over-link.ts';

/** A call of a scene, greeted. */
export interface SceneCall extends TalkOverLink {
  readonly page: Page;
  /** From the click to the end of the greeting, in ms: about 8 s of it are the greeting. */
  readonly greetedMs: number;
  /** Each way that its media goes, once. */
  ways(): Promise<MediaWay[]>;
  /** Journals that its agent began: one where it was one call and one process all the time. */
  journals(): Promise<readonly string[]>;
}

/** Parley on one side of a bad link, a person's browser on the other. */
export interface NetworkScene {
  readonly script: Script;
  /** Makes the link so, opens a new browser and calls; the browser of the call before is closed. */
  call(conditions: Partial<LinkConditions>): Promise<SceneCall>;
  /** The link from now on. What is not named is good. */
  become(conditions: Partial<LinkConditions>): Promise<void>;
  /** What Parley said last, for whoever reads of a failure. */
  lastWords(): Promise<string>;
  close(): Promise<void>;
}

export async function setNetworkScene(): Promise<NetworkScene> {
  const network = await startImpairedNetwork();
  const [parley, script] = await Promise.all([startParleyBehindLink(network.host), speakScript()]).catch(
    async (error: unknown) => {
      await network.close();
      throw error;
    },
  );
  let caller: CallerPage | null = null;
  const become = (conditions: Partial<LinkConditions>) => network.change({ ...GOOD_LINK, ...conditions });
  return {
    script,
    become,
    lastWords: parley.lastWords,
    async call(conditions) {
      await become({});
      await caller?.close();
      await become(conditions);
      const before = await parley.journals();
      const opened = await openCallerPage(network.caller);
      caller = opened;
      const startedAtMs = performance.now();
      const talk = await callOverLink(opened, parley.link);
      return {
        ...talk,
        greetedMs: performance.now() - startedAtMs,
        page: opened.page,
        ways: async () => [...new Set(await opened.mediaWays())],
        journals: async () => (await parley.journals()).filter((name) => !before.includes(name)),
      };
    },
    async close() {
      await caller?.close();
      await parley.stop();
      await network.close();
    },
  };
}
