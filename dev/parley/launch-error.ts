/** Parley cannot start as it is set. The message names each fault and what to do. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  readonly code: 'invalid_settings' | 'no_network' | 'livekit_unreachable';
  constructor(code: LaunchError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
