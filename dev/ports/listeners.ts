import { readdir, readFile, readlink } from 'node:fs/promises';

/** A socket that takes what comes from outside: listening TCP, or UDP bound and not connected. */
export interface Listener {
  readonly pid: number;
  readonly transport: 'tcp' | 'udp';
  /** In the usual notation; `0.0.0.0` and `::` are every interface. */
  readonly address: string;
  readonly port: number;
}

/** What these processes listen on, read from Linux's /proc. */
export async function listenersOf(pids: readonly number[]): Promise<readonly Listener[]> {
  const listeners: Listener[] = [];
  for (const pid of pids) {
    const inodes = await socketInodesOf(pid);
    for (const table of ['tcp', 'tcp6', 'udp', 'udp6'] as const) {
      const rows = (await readFile(`/proc/${pid}/net/${table}`, 'utf8')).split('\n').slice(1);
      for (const row of rows) {
        const [, local, remote, state, , , , , , inode] = row.trim().split(/\s+/);
        if (local === undefined || inode === undefined || !inodes.has(inode)) continue;
        const transport = table.startsWith('tcp') ? 'tcp' : 'udp';
        const isListening = transport === 'tcp' ? state === '0A' : remote?.endsWith(':0000') === true;
        if (isListening) listeners.push({ pid, transport, ...parseEndpoint(local) });
      }
    }
  }
  return listeners;
}

/** Whether only this machine reaches an address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

async function socketInodesOf(pid: number): Promise<ReadonlySet<string>> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    // A descriptor may be closed between the listing and the reading.
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}

/** `0100007F:1EC8` or the 32 digits of IPv6; both in words of four bytes, each the wrong way round. */
export function parseEndpoint(text: string): { readonly address: string; readonly port: number } {
  const [digits = '', port = ''] = text.split(':');
  const bytes = (digits.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  return { address: bytes.length === 4 ? dotted(bytes) : shortened(bytes), port: Number.parseInt(port, 16) };
}

function dotted(bytes: readonly string[]): string {
  return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
}

function shortened(bytes: readonly string[]): string {
  const text = bytes.join('').toLowerCase();
  if (/^0{20}ffff/.test(text)) return `::ffff:${dotted(bytes.slice(12))}`;
  const groups = (text.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, '')).join(':');
  return groups.replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}
