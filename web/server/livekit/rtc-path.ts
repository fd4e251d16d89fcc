/**
 * What LiveKit's clients ask of an SFU: signalling in its versions, and why a join was refused. Nothing else of
 * livekit-server, its API least of all, is reachable through this server; the path is matched as it was sent, before
 * anything could be made of dots or escapes in it.
 */
const RTC_PATH = /^\/rtc(?:\/v\d{1,2})?(?:\/validate)?$/;

/** Whether a request's target, path and query as sent, is for the SFU. */
export function isRtcTarget(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  return RTC_PATH.test(path);
}
