import { parseDocument, stringify } from 'yaml';

/** livekit-server's configuration as it stands in a file, before anything is laid over it. */
export type SfuConfig = Readonly<Record<string, unknown>>;

/** What this machine decides about its SFU, whatever the file says. */
export interface SfuPlace {
  /** Signalling and API, TCP. */
  readonly port: number;
  /** Addresses that signalling listens on. */
  readonly bindAddresses: readonly string[];
  /** Media over TCP; it listens on every interface whatever `bindAddresses` says, so 0, off, on loopback. */
  readonly rtcTcpPort: number;
  /** Media over UDP, one port for all. */
  readonly rtcUdpPort: number;
  /** Network interfaces that media uses, for example `lo`. */
  readonly interfaces: readonly string[];
  /** The address of this machine that clients are told. */
  readonly nodeIp: string;
  /** Where room events go, signed with this key's secret; null sends them nowhere. */
  readonly webhook: { readonly url: string; readonly apiKey: string } | null;
}

/** `livekit.yaml` cannot be used. The message names the file and what to do. */
export class SfuConfigError extends Error {
  override readonly name = 'SfuConfigError';
  readonly code = 'invalid_sfu_config';
}

/** Reads the text of `livekit.yaml`. Throws `SfuConfigError`. */
export function parseSfuConfig(text: string, fileName: string): SfuConfig {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault !== undefined) throw new SfuConfigError(`${fileName} is not valid YAML: ${fault.message}`);
  const config: unknown = document.toJS() ?? {};
  if (!isMapping(config))
    throw new SfuConfigError(`${fileName} must hold a mapping of livekit-server's settings.`);
  if ('keys' in config) {
    throw new SfuConfigError(
      `${fileName} holds keys. Remove them: they come from LIVEKIT_API_KEY and LIVEKIT_API_SECRET, never from a file ` +
        'that is committed.',
    );
  }
  return config;
}

/** Lays this machine's decisions over a configuration, then `overrides` over both. */
export function layOverSfuConfig(
  base: SfuConfig,
  place: SfuPlace,
  overrides: Readonly<Record<string, unknown>> = {},
): SfuConfig {
  const laid = {
    port: place.port,
    bind_addresses: place.bindAddresses,
    rtc: {
      tcp_port: place.rtcTcpPort,
      udp_port: place.rtcUdpPort,
      use_external_ip: false,
      node_ip: place.nodeIp,
      interfaces: { includes: place.interfaces },
      enable_loopback_candidate: place.nodeIp.startsWith('127.'),
      // Nothing listens there: without an entry of ours clients are sent to a public STUN server.
      stun_servers: ['127.0.0.1:9'],
    },
    webhook: place.webhook === null ? {} : { urls: [place.webhook.url], api_key: place.webhook.apiKey },
  };
  return merge(merge(base, laid), overrides);
}

/** The argument of `--config-body`. */
export function formatSfuConfig(config: SfuConfig): string {
  return stringify(config);
}

/** Mappings are merged; anything else, lists too, is replaced. */
function merge(base: SfuConfig, over: SfuConfig): SfuConfig {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isMapping(below) && isMapping(value) ? merge(below, value) : value;
  }
  return merged;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
