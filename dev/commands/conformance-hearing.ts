import { fork } from 'node:child_process';
import type { HeardClip } from '@parley/bench/conformance/ladder/spoken/hear-clip';
import { bundleAsAgent } from '../build/bundle-as-agent.ts';
import type { ClipPart, FromHearClips, HearClipsRequest } from './conformance-hearing-messages.ts';

export type HeardClips = Readonly<Record<ClipPart, readonly HeardClip[]>>;

/** The detectors broke off. */
class HearingFailed extends Error {
  override readonly name = 'HearingFailed';
  readonly code = 'hearing_failed';
}

/**
 * Makes the clips and hears them with the agent's own voice activity detection and end-of-turn model: 0.1 s a clip.
 * `recorded` is empty where the recordings are not installed. Rejects with HearingFailed.
 */
export async function hearClips(request: HearClipsRequest): Promise<HeardClips> {
  const entry = await bundleAsAgent('commands/conformance-hearing-process.ts');
  const heard: Record<ClipPart, HeardClip[]> = { choice: [], report: [], recorded: [] };
  const child = fork(entry, [JSON.stringify(request)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let errorOutput = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = `${errorOutput}${text}`.slice(-2_000);
  });
  child.on('message', (message: FromHearClips) => heard[message.part].push(message.heard));
  const ending = await new Promise<number | string | null>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (ending !== 0)
    throw new HearingFailed(
      `the clips could not be heard (${ending}): ${errorOutput.trim() || 'no message'}`,
    );
  return heard;
}
