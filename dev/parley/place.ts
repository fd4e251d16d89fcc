import { readFile } from 'node:fs/promises';
import { isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { type Certificate, ensureCertificate } from '../lan/certificate.ts';
import { findLanAddress, type LanAddress } from '../lan/lan-address.ts';
import { findFreePort, isPortFree } from '../ports/free-port.ts';
import { isLoopback } from '../ports/listeners.ts';
import { type Move, planPorts } from '../ports/port-plan.ts';
import { launcherEnvironmentSchema } from '../settings/launcher-settings.ts';
import { loopbackInterface } from '../sfu/loopback-interface.ts';
import { layOverSfuConfig, parseSfuConfig, type SfuConfig, SfuConfigError } from '../sfu/sfu-config.ts';
import { LaunchError } from './launch-error.ts';
import type { ProjectSettings } from './settings-of-project.ts';

/** The livekit-server of a running Parley: started here, or somebody else's. */
export type SfuPlan =
  | { readonly kind: 'own'; readonly port: number; readonly config: SfuConfig }
  | { readonly kind: 'given' };

/** Where everything of a running Parley is to be found. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** What people open. */
  readonly url: string;
  /** The same server as this machine reaches it. */
  readonly origin: string;
  /**
   * Where agents report and livekit-server sends room events, in plain HTTP; `bind` where the web server has to open an
   * address of its own for that.
   */
  readonly internal: { readonly origin: string; readonly bind: string | null };
  readonly sfu: SfuPlan;
  readonly livekit: { readonly url: string; readonly apiKey: string; readonly apiSecret: string };
  readonly certificate: Certificate | null;
  /** Other machines reach it, and need the access key. */
  readonly isExposed: boolean;
  readonly moves: readonly Move[];
}

/** Decides where everything goes. Rejects with `LaunchError`, `PortTaken` or `SfuConfigError`. */
export async function decidePlace(options: {
  readonly root: string;
  readonly project: ProjectSettings;
  readonly isLan: boolean;
  readonly nowEpochMs: number;
}): Promise<Place> {
  const { root, project, isLan } = options;
  const values = parseLauncherSettings(project);
  const host = project.settings.has('HOST') || !isLan ? values.HOST : EVERY_ADDRESS;
  const isExposed = !(isLoopback(host) || host === 'localhost');
  const lan = isLan || isExposed ? await lanAddressFor(host) : null;
  const hasOwnSfu = values.LIVEKIT_URL === undefined;

  const ports = await planPorts({
    web: { given: values.PORT ?? null, host },
    sfu: hasOwnSfu ? { given: values.LIVEKIT_PORT ?? null, hasTcp: isExposed } : null,
    isFree: isPortFree,
    findAny: findFreePort,
  });
  const { nowEpochMs } = options;
  const certificate =
    isLan && lan !== null
      ? await ensureCertificate({ folder: join(project.dataDir, 'tls'), address: lan.address, nowEpochMs })
      : null;
  const scheme = certificate !== null || project.settings.has('PARLEY_TLS_CERT') ? 'https' : 'http';
  const internal = await internalAddress(project, { port: ports.web, host, scheme });
  const shownHost = lan !== null && (isLan || host === EVERY_ADDRESS) ? lan.address : host;

  return {
    host,
    port: ports.web,
    url: `${scheme}://${bracketed(shownHost)}:${ports.web}`,
    origin: `${scheme}://${nearest(host)}:${ports.web}`,
    internal,
    sfu:
      ports.sfu === null
        ? { kind: 'given' }
        : {
            kind: 'own',
            port: ports.sfu.signalling,
            config: layOverSfuConfig(await readSfuConfig(resolve(root, values.PARLEY_LIVEKIT_CONFIG)), {
              port: ports.sfu.signalling,
              // Signalling comes through the web server, so nobody else needs to reach it.
              bindAddresses: [LOOPBACK],
              rtcTcpPort: ports.sfu.rtcTcp,
              rtcUdpPort: ports.sfu.rtcUdp,
              interfaces: [loopbackInterface(), ...(lan === null ? [] : [lan.interfaceName])],
              nodeIp: lan?.address ?? LOOPBACK,
              webhook: { url: `${internal.origin}/webhooks/livekit`, apiKey: values.LIVEKIT_API_KEY },
            }),
          },
    livekit: {
      url: values.LIVEKIT_URL ?? `ws://${LOOPBACK}:${ports.sfu?.signalling}`,
      apiKey: values.LIVEKIT_API_KEY,
      apiSecret: values.LIVEKIT_API_SECRET,
    },
    certificate,
    isExposed,
    moves: ports.moves,
  };
}

/**
 * The page's own address serves our processes too, where it is plain HTTP on loopback; else they get one of their own,
 * or share the one that was opened for agents of other machines.
 */
async function internalAddress(
  { settings }: ProjectSettings,
  page: { readonly port: number; readonly host: string; readonly scheme: 'http' | 'https' },
): Promise<Place['internal']> {
  const given = settings.get('PARLEY_INTERNAL_BIND')?.value;
  if (page.scheme === 'http' && [LOOPBACK, EVERY_ADDRESS].includes(page.host)) {
    return { origin: `http://${LOOPBACK}:${page.port}`, bind: null };
  }
  if (given !== undefined) {
    const separator = given.lastIndexOf(':');
    return {
      origin: `http://${nearest(given.slice(0, separator))}:${given.slice(separator + 1)}`,
      bind: null,
    };
  }
  const bind = `${LOOPBACK}:${await findFreePort()}`;
  return { origin: `http://${bind}`, bind };
}

/** How this machine itself reaches a server that listens on `host`. */
function nearest(host: string): string {
  return [EVERY_ADDRESS, '::', '[::]'].includes(host) ? LOOPBACK : bracketed(host);
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

const LOOPBACK = '127.0.0.1';
const EVERY_ADDRESS = '0.0.0.0';

function parseLauncherSettings({ settings }: ProjectSettings) {
  const values = Object.fromEntries([...settings].map(([name, { value }]) => [name, value]));
  const parsed = launcherEnvironmentSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const setting = settings.get(name);
    if (setting === undefined) {
      const why = settings.has('LIVEKIT_URL')
        ? 'must be set beside LIVEKIT_URL, as that server has keys of its own'
        : '';
      return `  ${name} is not set${why === '' ? '' : `: it ${why}`}.`;
    }
    return `  ${name} is ${JSON.stringify(setting.value)} (from ${setting.source}), but ${message}.`;
  });
  throw new LaunchError('invalid_settings', `Parley cannot start with these settings:\n${faults.join('\n')}`);
}

/** The address that others are told, and its interface: the host itself where that is one of this machine's. */
async function lanAddressFor(host: string): Promise<LanAddress> {
  for (const [interfaceName, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some(({ address }) => address === host)) return { address: host, interfaceName };
  }
  const found = await findLanAddress();
  if (found === null) {
    throw new LaunchError(
      'no_network',
      'This machine has no network address that others could reach. Connect it first.',
    );
  }
  if (isIPv4(host) && host !== EVERY_ADDRESS) {
    throw new LaunchError(
      'invalid_settings',
      `HOST is ${host}, which is no address of this machine (${found.address} is).`,
    );
  }
  return found;
}

async function readSfuConfig(file: string): Promise<SfuConfig> {
  try {
    return parseSfuConfig(await readFile(file, 'utf8'), file);
  } catch (cause) {
    if (cause instanceof SfuConfigError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SfuConfigError(`${file}, given by PARLEY_LIVEKIT_CONFIG, cannot be read: ${why}.`, { cause });
  }
}
