import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';

/** What a larger answer would be is none of ours. */
const MAX_CHARACTERS = 1_000_000;

/**
 * Asks a server of this machine that we started ourselves. Its certificate is not looked at: it may be self-made, or for
 * the name that other machines know. Rejects where nobody answers with JSON.
 */
export function getJson(url: string, signal: AbortSignal): Promise<unknown> {
  const get = url.startsWith('https:') ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    const request = get(url, { signal, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > MAX_CHARACTERS) request.destroy(new Error(`${url} answers without end`));
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve(JSON.parse(text));
        } catch (cause) {
          reject(new Error(`${url} does not answer in JSON`, { cause }));
        }
      });
    });
    request.on('error', reject);
  });
}
