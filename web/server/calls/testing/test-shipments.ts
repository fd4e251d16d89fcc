import { type CallId, callIdSchema } from '@parley/contracts/ids';
import type { Shipment } from '@parley/contracts/internal-api';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { CALLER, VirtualCall } from '@parley/engine/call/testing/virtual-call';
import type { CountedUsage } from '@parley/engine/cost/usage-by-model';
import { journalOf, type TestJournal } from '@parley/engine/record/testing/folded-call';

/** The journal that a call of some turns leaves. */
export function journalOfCall(
  callId: string,
  options: {
    readonly texts: readonly string[];
    readonly leaves?: boolean;
    readonly generation?: number;
    readonly usage?: readonly CountedUsage[];
  },
): TestJournal {
  const { texts, leaves = true, generation = 1, usage = [] } = options;
  const pipeline = pipelineSettingsSchema.parse({ idle: [] });
  const call = new VirtualCall(testSettings({ pipeline, generation })).connect();
  let atMs = 3_000;
  for (const text of texts) {
    call.say(atMs, atMs + 1_000, text);
    atMs += 6_000;
  }
  for (const data of usage) call.send(atMs, { type: 'usageCounted', data });
  const left = { participantId: CALLER, reason: 'left' } as const;
  if (leaves) call.send(atMs, { type: 'participantLeft', data: left });
  call.run(atMs + 30_000);
  return ofCall(callIdSchema.parse(callId), journalOf(testSettings({ pipeline, generation }), call.events));
}

/** A shipment of the lines from `fromSeq` until before `toSeq`. */
export function shipmentOf(
  { header, lines }: TestJournal,
  fromSeq = 0,
  toSeq: number = lines.length,
): Shipment {
  return { header, lines: lines.slice(fromSeq, toSeq), isLast: toSeq >= lines.length };
}

function ofCall(callId: CallId, { header, lines }: TestJournal): TestJournal {
  return { header: { ...header, callId }, lines: lines.map((line) => ({ ...line, callId })) };
}
