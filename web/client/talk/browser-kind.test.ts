import { expect, it } from 'vitest';
import { browserKind } from './browser-kind.ts';

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0';

it.each([
  ['chrome', `${MAC} ${BLINK} Safari/537.36`, 0],
  ['edge', `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${BLINK} Safari/537.36 Edg/142.0.0.0`, 0],
  ['firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 0],
  ['safari', `${MAC} ${WEBKIT} Version/19.1 Safari/605.1.15`, 0],
  ['ios', `${MAC} ${WEBKIT} Version/19.1 Safari/605.1.15`, 5],
  [
    'ios',
    `Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) ${WEBKIT} CriOS/142.0 Mobile Safari/604.1`,
    5,
  ],
  ['android', `Mozilla/5.0 (Linux; Android 16; Pixel 10) ${BLINK} Mobile Safari/537.36`, 5],
  ['other', 'curl/8.9', 0],
] as const)('knows %s', (kind, userAgent, maxTouchPoints) => {
  expect(browserKind({ userAgent, maxTouchPoints })).toBe(kind);
});
