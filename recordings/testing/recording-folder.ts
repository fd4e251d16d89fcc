import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of its own for a test, gone after it. */
export function recordingFolder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'parley-recording-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}
