import { expect, it } from 'vitest';
import { isLoopback, parseEndpoint } from './listeners.ts';

it("reads endpoints as the kernel writes them, and knows which are this machine's own", () => {
  const read = (text: string) => {
    const { address, port } = parseEndpoint(text);
    return [address, port, isLoopback(address)];
  };
  expect(read('0100007F:1EC8')).toEqual(['127.0.0.1', 7880, true]);
  expect(read('00000000:0BB8')).toEqual(['0.0.0.0', 3000, false]);
  expect(read('00000000000000000000000000000000:0BB8')).toEqual(['::', 3000, false]);
  expect(read('00000000000000000000000001000000:0BB8')).toEqual(['::1', 3000, true]);
  expect(read('0000000000000000FFFF00000100007F:0BB8')).toEqual(['::ffff:127.0.0.1', 3000, true]);
  expect(read('000080FE00000000FF565A4E010203FE:0001')).toEqual(['fe80::4e5a:56ff:fe03:201', 1, false]);
});
