import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

/** This machine in its local network. */
export interface LanAddress {
  readonly address: string;
  /** Name of the network interface that has it. */
  readonly interfaceName: string;
}

/** Reserved for documentation: nothing is sent there, only the way to it is asked for. */
const ELSEWHERE = '192.0.2.1';

/** The IPv4 address by which others reach this machine: that of the default route, else the first; null with no network. */
export async function findLanAddress(): Promise<LanAddress | null> {
  const addresses = Object.entries(networkInterfaces()).flatMap(([interfaceName, list]) =>
    (list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => ({ address, interfaceName })),
  );
  const routed = await routedAddress();
  return addresses.find(({ address }) => address === routed) ?? addresses[0] ?? null;
}

/** The address that a packet to elsewhere would leave from; a connected UDP socket knows without sending. */
function routedAddress(): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (address: string | null) => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => finish(null));
    socket.connect(9, ELSEWHERE, () => finish(socket.address().address));
  });
}
