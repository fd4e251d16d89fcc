import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { makeWebhookSecret, signatureHeaders } from './signature.ts';

const BODY = '{"type":"webhook.test","said":"grüß dich 👋"}';

function signed(secrets: readonly string[], atEpochMs = Date.now()) {
  return signatureHeaders({ messageId: 'msg_1', atEpochMs, body: BODY, secrets });
}

it('signs so that the reference implementation verifies it', () => {
  const secret = makeWebhookSecret();
  expect(new Webhook(secret).verify(BODY, signed([secret]))).toEqual(JSON.parse(BODY));
});

it('signs with both secrets while they change', () => {
  const [former, secret, another] = [makeWebhookSecret(), makeWebhookSecret(), makeWebhookSecret()];
  const headers = signed([secret, former]);
  for (const known of [former, secret])
    expect(new Webhook(known).verify(BODY, headers)).toEqual(JSON.parse(BODY));
  expect(() => new Webhook(another).verify(BODY, headers)).toThrow('No matching signature found');
});

it('covers body, id and time', () => {
  const secret = makeWebhookSecret();
  const headers = signed([secret]);
  const verifier = new Webhook(secret);
  expect(() => verifier.verify(`${BODY} `, headers)).toThrow();
  expect(() => verifier.verify(BODY, { ...headers, 'webhook-id': 'msg_2' })).toThrow();
  const later = String(Number(headers['webhook-timestamp']) + 1);
  expect(() => verifier.verify(BODY, { ...headers, 'webhook-timestamp': later })).toThrow();
  expect(() => verifier.verify(BODY, signed([secret], Date.now() - 3_600_000))).toThrow(
    'Message timestamp too old',
  );
});

it('makes no secret twice', () => {
  const made = Array.from({ length: 200 }, makeWebhookSecret);
  expect(new Set(made).size).toBe(200);
  for (const secret of made) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
});
