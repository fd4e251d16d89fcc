import { expect, it } from 'vitest';
import { isRtcTarget } from './rtc-path.ts';

it.each([
  '/rtc',
  '/rtc?access_token=x',
  '/rtc/validate?a=/../b',
  '/rtc/v1?join_request=x',
  '/rtc/v1/validate',
])('passes %s on to the SFU', (target) => expect(isRtcTarget(target)).toBe(true));

it.each([
  '/rtc/',
  '/rtcx',
  '/rtc/../twirp/livekit.RoomService/ListRooms',
  '/rtc/..%2ftwirp/x',
  '/rtc/v1/../../twirp',
  '//rtc',
  '/rtc/whip',
  '/twirp/livekit.RoomService/ListRooms',
  '/agent',
  'http://127.0.0.1:7880/rtc',
  '',
])('passes %s not on to the SFU', (target) => expect(isRtcTarget(target)).toBe(false));
