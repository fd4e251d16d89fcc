import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';

/** A model that is fetched when it is asked for: never part of the project, checked before it is used. */
export interface ModelFile {
  /** For a person. */
  readonly name: string;
  readonly use: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly licence: string;
  readonly url: string;
  /** A Python package whose wheel carries the same file, for machines that reach a package index and not the address. */
  readonly wheel: { readonly package: string; readonly version: string; readonly member: string };
}

export const SMART_TURN: ModelFile = {
  name: 'Smart Turn',
  use: 'end of turn',
  version: '3.2',
  file: 'smart-turn-v3.2-cpu.onnx',
  bytes: 8_679_182,
  sha256: '2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f',
  licence: 'BSD-2-Clause',
  url: 'https://huggingface.co/pipecat-ai/smart-turn-v3/resolve/main/smart-turn-v3.2-cpu.onnx',
  wheel: {
    package: 'pipecat-ai',
    version: '1.14.0',
    member: 'pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx',
  },
};

export const MODEL_FILES: readonly ModelFile[] = [SMART_TURN];

/** Where the model is kept once it was fetched. */
export function cachedModelPath(env: Readonly<Record<string, string | undefined>>, model: ModelFile): string {
  return join(cacheFolder(env), 'models', model.file);
}
