import type { Health } from '@parley/contracts/http-api';
import type { RunningParley } from '../parley/launch.ts';
import { formatTable } from '../terminal/table.ts';

/** Tells a person what runs, why, and where; the last line is for scripts. */
export async function showReady(options: {
  readonly running: RunningParley;
  /** What people open. */
  readonly url: string;
  /** null where nothing is asked. */
  readonly accessKey: string | null;
  /** What to say of vendors that are simulated; null where none is. */
  readonly vendors: string | null;
  readonly say: (text: string) => void;
}): Promise<void> {
  const { running, url, accessKey, vendors, say } = options;
  const { health, logFolder, place } = running;
  say(`\n${stageTable(health)}\n`);
  if (vendors !== null) say(`${vendors}\n`);
  for (const fault of health.workers.definitionFaults) say(`agent definition at fault: ${fault}`);
  say(`logs: ${logFolder}`);
  if (accessKey !== null) say(`open once, as it holds the access key: ${linkWithKey(url, accessKey)}`);
  if (accessKey !== null && place.certificate !== null) {
    const { renderUnicodeCompact } = await import('uqr');
    say(renderUnicodeCompact(linkWithKey(url, accessKey)));
    say('The certificate is self-made: each device asks once whether to trust it.');
  }
  if (place.isExposed && url.startsWith('http:')) {
    say(
      'Over plain HTTP browsers give a page the microphone on this machine alone: for others use --lan, or HTTPS in front.',
    );
  }
  say('Ctrl-C ends everything.');
  say(`ready ${url}`);
}

/** The page swaps the key for a cookie and takes it out of the address. */
export function linkWithKey(url: string, accessKey: string): string {
  return `${url}/?key=${encodeURIComponent(accessKey)}`;
}

function stageTable({ stages }: Health): string {
  const rows = (['vad', 'stt', 'llm', 'tts'] as const).flatMap((stage) => {
    const report = stages[stage];
    return report === undefined ? [] : [[stage, report.provider, report.reason, report.upgrade]];
  });
  return formatTable([['stage', 'provider', 'why', 'what would switch on more'], ...rows]);
}
