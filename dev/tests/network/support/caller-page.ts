import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioFrame } from '@parley/agent/audio/frame';
import type { Page } from 'playwright-core';
import type { NetworkSide } from '../../../network/impaired-network.ts';
import { launchChromium } from '../../browser/support/chromium.ts';
import { type MediaWay, watchMediaWays } from './media-way.ts';
import { installSpokenMicrophone } from './spoken-microphone.ts';

/** A person's browser on the near side of a link, with a microphone that says what it is given. */
export interface CallerPage {
  readonly page: Page;
  /** Says it; resolves when it was said, with the page's `performance.now()` at its last sample. */
  say(speech: AudioFrame): Promise<number>;
  mediaWays(): Promise<MediaWay[]>;
  /** Ends the call, where one goes on, and closes the browser. */
  close(): Promise<void>;
}

/** Opens Chromium in the caller's namespace. */
export async function openCallerPage({ namespace }: NetworkSide): Promise<CallerPage> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-chromium-'));
  const browser = await launchChromium({
    microphone: { kind: 'granted' },
    // The page's certificate, and that of TURN, are self-made.
    args: ['--ignore-certificate-errors'],
    inNamespace: async (program) => {
      const path = join(folder, 'chromium');
      await writeFile(path, `#!/bin/sh\nexec ip netns exec ${namespace} ${program} "$@"\n`);
      await chmod(path, 0o755);
      return path;
    },
  });
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const mediaWays = await watchMediaWays(page);
  const say = await installSpokenMicrophone(page);
  return {
    page,
    say,
    mediaWays,
    async close() {
      // A call that came to nothing, or ended, has no such button.
      await page
        .getByRole('button', { name: 'End call', exact: true })
        .click({ timeout: 1_000 })
        .catch(() => undefined);
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
