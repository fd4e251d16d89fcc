import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureCertificate } from './certificate.ts';

const DAY_MS = 86_400_000;
const nowEpochMs = Date.parse('2026-11-21T12:00:00Z');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ensure = (address: string, daysLater = 0) =>
  ensureCertificate({ folder, address, nowEpochMs: nowEpochMs + daysLater * DAY_MS });

it('is for the address that a phone opens and for this machine, no longer than browsers allow', async () => {
  const { certFile, keyFile } = await ensure('192.168.1.5');
  const certificate = new X509Certificate(readFileSync(certFile));
  expect(certificate.checkIP('192.168.1.5')).toBeDefined();
  expect(certificate.checkIP('127.0.0.1')).toBeDefined();
  expect(certificate.checkHost('localhost')).toBeDefined();
  expect(certificate.checkIP('192.168.1.6')).toBeUndefined();
  expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBeLessThanOrEqual(
    398 * DAY_MS,
  );
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
});

it('stays the same for an address, so that a device that trusts it goes on doing so, until it is about to end', async () => {
  const first = readFileSync((await ensure('192.168.1.5')).certFile, 'utf8');
  expect(readFileSync((await ensure('192.168.1.5', 100)).certFile, 'utf8')).toBe(first);
  expect(readFileSync((await ensure('192.168.1.6')).certFile, 'utf8')).not.toBe(first);
  expect(readFileSync((await ensure('192.168.1.5', 392)).certFile, 'utf8')).not.toBe(first);
});
