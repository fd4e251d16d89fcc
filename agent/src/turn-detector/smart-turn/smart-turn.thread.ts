import { InferenceSession, Tensor } from 'onnxruntime-node';
import { openThreadPort } from '../../runtime/thread.ts';
import { MEL_BANDS } from './mel-filters.ts';
import type { FromSmartTurn, SmartTurnData, ToSmartTurn } from './messages.ts';
import { WINDOW_FRAMES } from './turn-window.ts';

const port = openThreadPort<ToSmartTurn, FromSmartTurn>();
const { modelFile } = port.data as SmartTurnData;

/** One core, which sleeps between two pauses: two are 1.7 times as fast, and a call has other use for the second. */
const session = await InferenceSession.create(modelFile, {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
});

// The first run makes what later ones use again.
await score(new Float32Array(MEL_BANDS * WINDOW_FRAMES));
port.post({ type: 'ready' });

port.onMessage((message) => {
  switch (message.type) {
    case 'score':
      return answer(message.id, message.features);
    case 'leave':
      return void session.release().finally(() => process.exit(0));
  }
});

function answer(id: number, features: Float32Array): void {
  score(features).then(
    (probability) => port.post({ type: 'scored', id, probability }),
    (error) =>
      port.post({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) }),
  );
}

async function score(features: Float32Array): Promise<number> {
  const { logits } = await session.run({
    input_features: new Tensor('float32', features, [1, MEL_BANDS, WINDOW_FRAMES]),
  });
  const probability = logits?.data[0];
  // The model's output is a probability already, whatever its name.
  if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1)) {
    throw new Error(`the model gave ${String(probability)} instead of a probability`);
  }
  return probability;
}
