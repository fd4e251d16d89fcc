import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import type { Plugin } from 'vite';

/** What the page imports to learn where the files are. */
const MODULE = 'virtual:vad-files';

/**
 * Serves what `@ricky0123/vad-web` loads while it runs: its worklet, the model, and the WebAssembly of the very
 * onnxruntime-web that it was installed with. The library wants them in one folder and by their own names, so the
 * folder's name carries the hash, among the built files that are cached for ever.
 */
export function vadFiles(): Plugin {
  const paths = findFiles();
  const folder = `assets/vad-${contentHash(paths)}`;
  let isBuild = false;
  return {
    name: 'vad-files',
    // A part of the library that the page does not use would bring all of onnxruntime-web along.
    config: () => ({
      resolve: { alias: [{ find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' }] },
    }),
    configResolved({ command }) {
      isBuild = command === 'build';
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load(id) {
      if (id !== `\0${MODULE}`) return null;
      // Relative to the code that asks: a page of another origin that embeds a call has it from ours.
      const path = isBuild ? `./${basename(folder)}/` : `/${folder}/`;
      return `const path = ${JSON.stringify(path)};\nexport const vadFolder = new URL(path, import.meta.url).href;`;
    },
    generateBundle() {
      for (const path of paths) {
        this.emitFile({ type: 'asset', fileName: `${folder}/${basename(path)}`, source: readFileSync(path) });
      }
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const asked = request.url?.split('?')[0];
        const path = paths.find((candidate) => asked === `/${folder}/${basename(candidate)}`);
        if (path === undefined) return next();
        response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
        response.end(readFileSync(path));
      });
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

function findFiles(): readonly string[] {
  const vadEntry = createRequire(import.meta.url).resolve('@ricky0123/vad-web');
  const ortEntry = createRequire(vadEntry).resolve('onnxruntime-web/wasm');
  return [
    join(dirname(vadEntry), 'vad.worklet.bundle.min.js'),
    join(dirname(vadEntry), 'silero_vad_v6.onnx'),
    join(dirname(ortEntry), 'ort-wasm-simd-threaded.mjs'),
    join(dirname(ortEntry), 'ort-wasm-simd-threaded.wasm'),
  ];
}

function contentHash(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 8);
}
