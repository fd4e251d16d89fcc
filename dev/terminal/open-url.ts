import { spawn } from 'node:child_process';

/** Opens an address in the desktop's browser; does nothing where there is no desktop. */
export function openUrl(
  url: string,
  options: { platform: string; env: Readonly<Record<string, string | undefined>> },
): void {
  const { platform, env } = options;
  const isDesktop = platform === 'darwin' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);
  if (!isDesktop) return;
  const opener = spawn(platform === 'darwin' ? 'open' : 'xdg-open', [url], {
    detached: true,
    stdio: 'ignore',
  });
  // The address is printed in any case, so a desktop without an opener loses nothing.
  opener.on('error', () => undefined);
  opener.unref();
}
