import { createBrowserClock } from '../runtime/clock.ts';
import { defineParleyCall } from './parley-call.ts';

// Becomes /embed.js, which a page includes with a plain script tag: the server is where the script came from.
const { currentScript } = document;
if (currentScript instanceof HTMLScriptElement) {
  defineParleyCall({ server: new URL('.', currentScript.src), clock: createBrowserClock() });
} else {
  // biome-ignore lint/suspicious/noConsole: whoever made the page looks there.
  console.error('<parley-call>: include embed.js with a script tag that has no type="module".');
}
