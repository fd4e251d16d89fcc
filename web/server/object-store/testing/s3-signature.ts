import { createHash, createHmac } from 'node:crypto';

/** A request as a store reads it, to be signed once more. */
export interface SignedRequest {
  readonly method: string;
  /** As it stands in the request's first line. */
  readonly target: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

interface Credential {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Null where the header is none of version 4 for S3. */
export function readCredential(authorization: string | undefined): Credential | null {
  const [, accessKeyId, day, region, names, signature] = FORM.exec(authorization ?? '') ?? [];
  if (!accessKeyId || !day || !region || !names || !signature) return null;
  return { accessKeyId, day, region, signedHeaders: names.split(';'), signature };
}

/** The signature, in hex, that a request with these headers has to have. Source: AWS Signature Version 4, S3. */
export function signatureOf(
  request: SignedRequest,
  { day, region, signedHeaders }: Pick<Credential, 'day' | 'region' | 'signedHeaders'>,
  secretAccessKey: string,
): string {
  const [path = '', query = ''] = request.target.split('?');
  const header = (name: string) => String(request.headers[name] ?? '').trim();
  const canonical = [
    request.method,
    path,
    query.split('&').sort().join('&'),
    ...signedHeaders.map((name) => `${name}:${header(name).replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    header('x-amz-content-sha256'),
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    header('x-amz-date'),
    `${day}/${region}/s3/aws4_request`,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (signing, part) => createHmac('sha256', signing).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}
