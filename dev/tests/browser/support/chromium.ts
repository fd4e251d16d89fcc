import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { osEnvironment } from '../../../settings/os-environment.ts';

/** What `getUserMedia` finds: a granted microphone (a beep, or a WAV file played once), a refusal, or no device. */
export type MicrophoneCase =
  | { readonly kind: 'granted'; readonly wavPath?: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'missing' };

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

/** Starts Debian's Chromium without a window. To be closed by the test that started it. */
export async function launchChromium({
  microphone,
  inNamespace,
  args = [],
}: {
  readonly microphone: MicrophoneCase;
  /** The program to start in its place, which starts the one that it is given inside a network namespace. */
  readonly inNamespace?: (program: string) => Promise<string>;
  readonly args?: readonly string[];
}): Promise<Browser> {
  const program = findChromium();
  return chromium.launch({
    executablePath: inNamespace === undefined ? program : await inNamespace(program),
    args: [
      ...args,
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...microphoneArgs(microphone),
    ],
  });
}

function microphoneArgs(microphone: MicrophoneCase): string[] {
  switch (microphone.kind) {
    case 'granted':
      return [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        ...(microphone.wavPath ? [`--use-file-for-fake-audio-capture=${microphone.wavPath}%noloop`] : []),
      ];
    case 'denied':
      return ['--use-fake-ui-for-media-stream=deny', '--use-fake-device-for-media-stream'];
    case 'missing':
      return ['--use-fake-ui-for-media-stream', '--disable-audio-input'];
  }
}

function findChromium(): string {
  const folders = (osEnvironment().PATH ?? '').split(delimiter).filter(Boolean);
  const path = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program))).find(existsSync);
  if (!path)
    throw new Error(
      `no Chromium on the PATH (looked for ${PROGRAMS.join(', ')}); install the package "chromium"`,
    );
  return path;
}
