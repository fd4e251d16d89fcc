import { expect, it } from 'vitest';
import { callPath, routeOf } from './route.ts';

it.each([
  ['/', { page: 'talk' }],
  ['/index.html', { page: 'talk' }],
  ['/calls', { page: 'calls' }],
  ['/calls/', { page: 'calls' }],
  ['/calls/RM_abc', { page: 'call', callId: 'RM_abc' }],
  ['/calls/a%2Fb', { page: 'call', callId: 'a/b' }],
  ['/calls/100%', { page: 'call', callId: '100%' }],
  ['/calls/RM_abc/more', { page: 'talk' }],
  ['/access', { page: 'access' }],
  ['/access/more', { page: 'talk' }],
])('leads from %s to its page', (path, route) => {
  expect(routeOf(path)).toEqual(route);
});

it('gives a call an address that leads back to it, whatever its id', () => {
  for (const callId of ['RM_abc', 'a/b?c#d', '%', 'ü'])
    expect(routeOf(callPath(callId))).toEqual({ page: 'call', callId });
});
