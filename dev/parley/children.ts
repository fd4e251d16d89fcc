import { join } from 'node:path';
import { parseSettings as parseAgentSettings } from '@parley/agent/config/settings';
import { parseSettings as parseServerSettings } from '@parley/web/server/config/settings';
import { VARIABLES } from '../settings/catalogue.ts';
import { environmentFor } from '../settings/layers.ts';
import { LaunchError } from './launch-error.ts';
import type { Place } from './place.ts';
import type { ProjectSettings } from './settings-of-project.ts';

/** A Node process of ours: its built file and its whole environment. */
export interface NodeProgram {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The programs of a running Parley. Throws `LaunchError` that names every setting they could not start with. */
export function nodePrograms(options: {
  readonly root: string;
  readonly project: ProjectSettings;
  readonly place: Place;
  /** The end-of-turn model that was fetched, or null. */
  readonly smartTurnFile: string | null;
  readonly system: Readonly<Record<string, string | undefined>>;
}): { readonly server: NodeProgram; readonly agent: NodeProgram } {
  const { root, project, place, system } = options;
  const { livekit, certificate } = place;
  const shared = { variables: VARIABLES, settings: project.settings, system, root };
  const keys = {
    LIVEKIT_URL: livekit.url,
    LIVEKIT_API_KEY: livekit.apiKey,
    LIVEKIT_API_SECRET: livekit.apiSecret,
    PARLEY_DATA: project.dataDir,
    PARLEY_PRICES: project.settings.get('PARLEY_PRICES')?.value ?? join(root, 'prices.yaml'),
  };
  const server = environmentFor({
    ...shared,
    reader: 'server',
    decided: {
      ...keys,
      HOST: place.host,
      PORT: String(place.port),
      ...(place.isExposed && !project.settings.has('PUBLIC_URL') ? { PUBLIC_URL: place.url } : {}),
      ...(certificate === null
        ? {}
        : { PARLEY_TLS_CERT: certificate.certFile, PARLEY_TLS_KEY: certificate.keyFile }),
      ...(place.internal.bind === null ? {} : { PARLEY_INTERNAL_BIND: place.internal.bind }),
    },
  });
  const agent = environmentFor({
    ...shared,
    reader: 'agent',
    decided: {
      ...keys,
      PARLEY_SERVER_URL: place.internal.origin,
      ...(options.smartTurnFile === null || project.settings.has('PARLEY_SMART_TURN')
        ? {}
        : { PARLEY_SMART_TURN: options.smartTurnFile }),
    },
  });
  const faults = [
    faultOf(() => parseServerSettings(server)),
    faultOf(() => parseAgentSettings(agent)),
  ].filter(Boolean);
  if (faults.length > 0) throw new LaunchError('invalid_settings', faults.join('\n'));
  return {
    server: { file: join(root, 'web', 'dist', 'server', 'main.js'), env: server },
    agent: { file: join(root, 'agent', 'dist', 'main.js'), env: agent },
  };
}

function faultOf(parse: () => unknown): string {
  try {
    parse();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
