import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { embedScript } from './vite/embed-script.ts';
import { vadFiles } from './vite/vad-files.ts';

/** In development the page comes from Vite and everything else from the web server on this port. */
const webServer = `http://127.0.0.1:${process.env.PARLEY_WEB_PORT ?? '3000'}`;

const root = `${import.meta.dirname}/client`;

export default defineConfig({
  root,
  plugins: [react(), vadFiles(), embedScript({ root })],
  build: {
    rolldownOptions: { input: [`${root}/index.html`, `${root}/embed/index.html`] },
    outDir: `${import.meta.dirname}/dist/client`,
    emptyOutDir: true,
    sourcemap: true,
    // Every asset is a file of its own: the page's content security policy knows no `data:`.
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: webServer },
      '/rtc': { target: webServer, ws: true },
    },
  },
});
