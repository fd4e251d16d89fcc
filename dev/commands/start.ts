import { wallClockEpochMs } from '@parley/agent/runtime/clock';
import { BUILD_NAMES } from '../build/build.ts';
import { launch } from '../parley/launch.ts';
import { readProjectSettings } from '../parley/settings-of-project.ts';
import { projectFolder } from '../project-folder.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { openUrl } from '../terminal/open-url.ts';
import { LAUNCH_HELP, parseLaunchFlags } from './launch-flags.ts';
import { linkWithKey, showReady } from './ready-screen.ts';
import { useVendors } from './simulate-vendors.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `npm start`: runs Parley until it is interrupted. */
export async function start(args: readonly string[]): Promise<number> {
  const flags = parseLaunchFlags(args);
  if (flags.isHelpAsked) {
    process.stdout.write(LAUNCH_HELP);
    return 0;
  }
  const root = projectFolder();
  const system = osEnvironment();
  const given = await readProjectSettings({
    root,
    flags: flags.settings,
    environment: system,
    makesKeys: true,
  });
  return untilInterrupted(async ({ clock, signal, interrupted, progress, say }) => {
    const { simulated: delays } = flags;
    const vendors = await useVendors({ root, project: given, delays, onProgress: progress.show, say });
    const running = await launch({
      root,
      project: vendors.project,
      isLan: flags.isLan,
      builds: BUILD_NAMES,
      system,
      usesModels: true,
      readyWithinMs: flags.readyWithinMs,
      clock,
      nowEpochMs: wallClockEpochMs(),
      signal,
      onProgress: progress.show,
      onNotice: say,
    });
    const { url, isExposed } = running.place;
    const accessKey = isExposed ? (given.settings.get('PARLEY_ACCESS_KEY')?.value ?? null) : null;
    await showReady({ running, url, accessKey, vendors: vendors.notice, say });
    if (flags.opensPage && process.stdout.isTTY) {
      openUrl(accessKey === null ? url : linkWithKey(url, accessKey), {
        platform: process.platform,
        env: system,
      });
    }
    await interrupted;
    say('ending');
    await running.stop();
    await vendors.stop();
  });
}
