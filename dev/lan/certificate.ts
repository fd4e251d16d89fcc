import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of a certificate that a person has to trust once on each device. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Browsers refuse one that is longer. */
const DAYS = 397;
const DAY_MS = 86_400_000;
/** One that ends sooner is made anew. */
const LEAST_DAYS_LEFT = 7;

/** A self-made certificate for an address, kept in `folder`, so that a device that trusts it goes on doing so. */
export async function ensureCertificate(options: {
  readonly folder: string;
  readonly address: string;
  readonly nowEpochMs: number;
}): Promise<Certificate> {
  const { folder, address, nowEpochMs } = options;
  const certificate = { certFile: join(folder, `${address}.crt`), keyFile: join(folder, `${address}.key`) };
  if (await isUsable(certificate, nowEpochMs)) return certificate;
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: `Parley on ${address}` }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowEpochMs - DAY_MS),
    notAfterDate: new Date(nowEpochMs + (DAYS - 1) * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: address },
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(certificate.keyFile, made.private, { mode: 0o600 });
  await writeFile(certificate.certFile, made.cert);
  return certificate;
}

async function isUsable({ certFile, keyFile }: Certificate, nowEpochMs: number): Promise<boolean> {
  try {
    const [cert] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    return Date.parse(new X509Certificate(cert).validTo) - nowEpochMs > LEAST_DAYS_LEFT * DAY_MS;
  } catch {
    // Absent or unreadable: a new one takes its place.
    return false;
  }
}
