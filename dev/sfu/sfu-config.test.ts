import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatSfuConfig, layOverSfuConfig, parseSfuConfig, SfuConfigError } from './sfu-config.ts';

const place = {
  port: 7001,
  bindAddresses: ['127.0.0.1'],
  rtcTcpPort: 0,
  rtcUdpPort: 7003,
  interfaces: ['lo'],
  nodeIp: '127.0.0.1',
  webhook: { url: 'http://127.0.0.1:3000/webhooks/livekit', apiKey: 'key' },
};

it('keeps what the file says, but for what this machine decides', () => {
  const base = parseSfuConfig(
    'port: 7880\nrtc: { tcp_port: 7881, congestion_control: { enabled: false } }',
    'livekit.yaml',
  );
  const config = layOverSfuConfig(base, place, { room: { departure_timeout: 5 } });
  expect(parse(formatSfuConfig(config))).toMatchObject({
    port: 7001,
    bind_addresses: ['127.0.0.1'],
    rtc: {
      tcp_port: 0,
      udp_port: 7003,
      node_ip: '127.0.0.1',
      interfaces: { includes: ['lo'] },
      congestion_control: { enabled: false },
      enable_loopback_candidate: true,
    },
    room: { departure_timeout: 5 },
    webhook: { urls: [place.webhook.url], api_key: 'key' },
  });
});

it('says what is wrong with a file that cannot be used', () => {
  expect(() => parseSfuConfig('port: [', 'livekit.yaml')).toThrow(SfuConfigError);
  expect(() => parseSfuConfig('- a\n- b', 'livekit.yaml')).toThrow(/must hold a mapping/);
  expect(() => parseSfuConfig('keys: { a: b }', 'livekit.yaml')).toThrow(/holds keys. Remove them/);
  expect(parseSfuConfig('', 'livekit.yaml')).toEqual({});
});
