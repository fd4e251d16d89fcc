import { networkInterfaces } from 'node:os';

/** The name of the loopback interface: `lo` on Linux, `lo0` on macOS. */
export function loopbackInterface(): string {
  const found = Object.entries(networkInterfaces()).find(([, addresses]) =>
    addresses?.some(({ address }) => address === '127.0.0.1'),
  );
  return found?.[0] ?? 'lo';
}
