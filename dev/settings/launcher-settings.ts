import { integer } from '@parley/agent/config/values';
import { z } from 'zod';

const described = (description: string) => ({ description, secret: false });
const secret = (description: string) => ({ description, secret: true });

/** Environment variables that the launcher itself reads; those that it makes or hands on stand here too. */
export const launcherEnvironmentSchema = z.object({
  PORT: integer(0, 65_535)
    .optional()
    .meta(
      described('Port of the page and the API; 0: any free one. Default 3000, or the next that is free.'),
    ),
  HOST: z
    .string()
    .default('127.0.0.1')
    .meta(described('Address that the page and the API listen on. Default 127.0.0.1: this machine alone.')),
  LIVEKIT_PORT: integer(0, 65_533)
    .optional()
    .meta(
      described(
        'Port of livekit-server, 0: any free one; media over TCP takes the next and media over UDP the one after. Default 7880, or the ' +
          'next that is free.',
      ),
    ),
  LIVEKIT_URL: z
    .string()
    .optional()
    .meta(
      described('Address of a livekit-server that runs already, ws:// or wss://. Unset: one is started.'),
    ),
  PARLEY_LIVEKIT_CONFIG: z
    .string()
    .default('livekit.yaml')
    .meta(
      described(
        'File of settings for the livekit-server that is started here, as TURN; ports, addresses and keys are laid over it. ' +
          'Default livekit.yaml in the project.',
      ),
    ),
  LIVEKIT_API_KEY: z.string().meta(described('API key of livekit-server. Unset: made at the first start.')),
  LIVEKIT_API_SECRET: z
    .string()
    .meta(secret('API secret of livekit-server. Unset: made at the first start.')),
  PARLEY_ACCESS_KEY: z
    .string()
    .meta(secret('What opens the page and the API from another machine. Unset: made at the first start.')),
  PARLEY_SECRET_KEY: z
    .string()
    .meta(secret('Key that seals what callers say in confidence. Unset: made at the first start.')),
  PARLEY_DATA: z
    .string()
    .default('./data')
    .meta(described('Folder of keys, journals and recordings. Default ./data in the project.')),
  PARLEY_CACHE: z
    .string()
    .optional()
    .meta(described('Folder of programs that were downloaded or built. Default ~/.cache/parley.')),
});
