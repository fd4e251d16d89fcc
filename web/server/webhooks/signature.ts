import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** Source: Standard Webhooks ask for 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** A new secret, as it is shown to who verifies. */
export function makeWebhookSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** The headers that let a receiver know a message as ours, as Standard Webhooks say: a signature by each secret. */
export function signatureHeaders(message: {
  readonly messageId: string;
  readonly atEpochMs: number;
  readonly body: string;
  readonly secrets: readonly string[];
}): Readonly<Record<string, string>> {
  const { messageId, body, secrets } = message;
  const timestamp = String(Math.floor(message.atEpochMs / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${messageId}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
