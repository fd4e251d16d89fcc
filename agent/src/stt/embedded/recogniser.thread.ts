import { openThreadPort } from '../../runtime/thread.ts';
import { createListener } from './listener.ts';
import type { RecogniserAnswer, RecogniserRequest } from './messages.ts';

const port = openThreadPort<RecogniserRequest, RecogniserAnswer>();
const listener = await createListener();

port.onMessage((request) => {
  answer(request).then(
    (made) => port.post(made),
    (error) => {
      // The program may be broken in the middle of an utterance, so its thread ends; another one starts afresh.
      if (request.type === 'understand') setImmediate(() => process.exit(1));
      else port.post({ type: 'refused', message: error instanceof Error ? error.message : String(error) });
    },
  );
});

async function answer(request: RecogniserRequest): Promise<RecogniserAnswer> {
  switch (request.type) {
    case 'findMissing':
      return { type: 'missing', words: await listener.findMissing(request.words) };
    case 'learn':
      await listener.learn(request.name, request.grammar, request.pronunciations);
      return { type: 'learnt' };
    case 'forget':
      listener.forget(request.name);
      return { type: 'forgotten' };
    case 'understand':
      return { type: 'understood', recognition: listener.understand(request.name, request.samples) };
  }
}
