import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Says what it is to who finds one, and to scanners of leaked secrets. */
const PREFIX = 'parley_';
const ID_BYTES = 9;
const SECRET_BYTES = 32;
const FORM = /^parley_([\w-]{12})_([\w-]{43})$/;

/** An API key: the name of its row and a secret of 256 random bits, which nothing but the key itself holds. */
export interface KeyText {
  readonly keyId: string;
  readonly secret: string;
}

export function makeKeyText(): KeyText {
  const random = (bytes: number) => randomBytes(bytes).toString('base64url');
  return { keyId: random(ID_BYTES), secret: random(SECRET_BYTES) };
}

/** As it is shown and sent. */
export function writeKeyText({ keyId, secret }: KeyText): string {
  return `${PREFIX}${keyId}_${secret}`;
}

/** Whether it is meant as an API key, a sound one or not. */
export function looksLikeKey(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Null where it is none. */
export function readKeyText(text: string): KeyText | null {
  const [, keyId, secret] = FORM.exec(text) ?? [];
  return keyId === undefined || secret === undefined ? null : { keyId, secret };
}

/** What is stored of a secret. It is random throughout, so that one round of SHA-256 cannot be guessed back. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in a time that says nothing about either. */
export function isSecretOf(secret: string, hash: string): boolean {
  const stored = Buffer.from(hash, 'hex');
  const given = createHash('sha256').update(secret).digest();
  return stored.length === given.length && timingSafeEqual(stored, given);
}
