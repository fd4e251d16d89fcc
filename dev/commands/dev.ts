import { join } from 'node:path';
import { wallClockEpochMs } from '@parley/agent/runtime/clock';
import { type BuildName, buildParley } from '../build/build.ts';
import { launch, type RunningParley } from '../parley/launch.ts';
import { readProjectSettings } from '../parley/settings-of-project.ts';
import { watchSources } from '../parley/watch-sources.ts';
import { findFreePort, isPortFree } from '../ports/free-port.ts';
import { planPorts } from '../ports/port-plan.ts';
import { projectFolder } from '../project-folder.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { openUrl } from '../terminal/open-url.ts';
import { FlagError, LAUNCH_HELP, parseLaunchFlags } from './launch-flags.ts';
import { showReady } from './ready-screen.ts';
import { useVendors } from './simulate-vendors.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** What runs in Node is built; the page comes from Vite. */
const BUILDS: readonly BuildName[] = ['agent', 'server'];
const LOOPBACK = '127.0.0.1';

/**
 * `npm run dev`: as `npm start`, on loopback, but what is changed is reloaded: the page by Vite, the server and the
 * agent by a build and a restart.
 */
export async function dev(args: readonly string[]): Promise<number> {
  const flags = parseLaunchFlags(args);
  if (flags.isHelpAsked) {
    process.stdout.write(LAUNCH_HELP);
    return 0;
  }
  if (flags.isLan) throw new FlagError('--lan is for npm start: npm run dev serves this machine alone.');
  const root = projectFolder();
  const system = osEnvironment();
  const given = await readProjectSettings({
    root,
    flags: flags.settings,
    environment: system,
    makesKeys: true,
  });
  const asked = given.settings.get('PORT')?.value;
  const { web, moves } = await planPorts({
    web: { given: asked === undefined ? null : Number(asked), host: LOOPBACK },
    sfu: null,
    isFree: isPortFree,
    findAny: findFreePort,
  });
  // The page has the port that people know, and the web server any other.
  const settings = new Map(given.settings)
    .set('PORT', { value: '0', source: 'flag' })
    .set('HOST', { value: LOOPBACK, source: 'flag' });

  return untilInterrupted(async ({ clock, signal, interrupted, progress, say }) => {
    for (const { what, from, to } of moves) say(`port ${from} is taken: ${what} is on ${to}`);
    const vendors = await useVendors({
      root,
      project: { ...given, settings },
      delays: flags.simulated,
      onProgress: progress.show,
      say,
    });
    const running = await launch({
      root,
      project: vendors.project,
      isLan: false,
      builds: BUILDS,
      system,
      usesModels: true,
      readyWithinMs: flags.readyWithinMs,
      clock,
      nowEpochMs: wallClockEpochMs(),
      signal,
      onProgress: progress.show,
      onNotice: say,
    });
    const vite = await serveClient(root, web, running.place.origin);
    const watch = watchSources({ root, clock, onChange: () => rebuild(root, running, say) });
    const url = `http://${LOOPBACK}:${web}`;
    await showReady({ running, url, accessKey: null, vendors: vendors.notice, say });
    if (flags.opensPage && process.stdout.isTTY) openUrl(url, { platform: process.platform, env: system });
    await interrupted;
    say('ending');
    watch.close();
    await vite.close();
    await running.stop();
    await vendors.stop();
  });
}

async function serveClient(root: string, port: number, origin: string) {
  const { createServer } = await import('vite');
  const vite = await createServer({
    configFile: join(root, 'web', 'vite.config.ts'),
    clearScreen: false,
    logLevel: 'warn',
    server: {
      host: LOOPBACK,
      port,
      strictPort: true,
      proxy: { '/api': { target: origin }, '/rtc': { target: origin, ws: true } },
    },
  });
  return vite.listen();
}

/** Builds what changed and starts it again; what does not build leaves the former running. */
async function rebuild(root: string, running: RunningParley, say: (text: string) => void): Promise<void> {
  try {
    for (const name of await buildParley({ root, names: BUILDS, onProgress: () => undefined })) {
      if (name === 'client') continue;
      say(`the ${name} has changed: starting it again`);
      await running.restart(name);
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}
