import { join } from 'node:path';
import { build, type Plugin } from 'vite';

/** The page of an embedded call, as the web server serves it too. */
const PAGE = '/embed';

/**
 * Adds `embed.js`: a classic script in one piece at an address that never changes, for pages of other sites. Serves it
 * and the page of an embedded call in development too.
 */
export function embedScript({ root }: { readonly root: string }): Plugin {
  const source = async () => {
    const built = await build({
      configFile: false,
      root,
      logLevel: 'error',
      build: {
        write: false,
        lib: {
          entry: join(root, 'embed/embed-script.ts'),
          formats: ['iife'],
          name: 'parley',
          fileName: 'embed',
        },
      },
    });
    for (const result of [built].flat()) {
      const chunk = 'output' in result && result.output.find(({ type }) => type === 'chunk');
      if (chunk && 'code' in chunk) return chunk.code;
    }
    throw new Error('embed.js came out empty');
  };
  return {
    name: 'embed-script',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'embed.js', source: await source() });
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const [path, query] = (request.url ?? '').split('?', 2);
        if (path === PAGE) request.url = `/embed/index.html${query === undefined ? '' : `?${query}`}`;
        if (path !== '/embed.js') return next();
        source().then((code) => {
          response.setHeader('Content-Type', 'text/javascript');
          response.end(code);
        }, next);
      });
    },
  };
}
