import { openThreadPort } from '../../runtime/thread.ts';
import type { FromFlite, ToFlite } from './messages.ts';
import { loadFlite } from './program.ts';
import { createFliteSpeech } from './speech.ts';

const port = openThreadPort<ToFlite, FromFlite>();
const program = await loadFlite();
const flite = createFliteSpeech({ program });

/** Readies memories between messages, one at a time, so that a request waits for one at most. */
const prepareWhileIdle = () => {
  if (program.prepare()) setImmediate(prepareWhileIdle);
};

port.onMessage((message) => {
  port.post(...answer(message));
  setImmediate(prepareWhileIdle);
});

function answer(message: ToFlite): [FromFlite, readonly ArrayBuffer[]] {
  const { id } = message;
  try {
    switch (message.type) {
      case 'synthesise': {
        const speech = flite.synthesise(message);
        return [{ type: 'speech', id, speech }, [speech.samples.buffer]];
      }
      case 'pronounce':
        return [{ type: 'phones', id, phones: flite.pronounce(message.word) }, []];
    }
  } catch (error) {
    return [{ type: 'failed', id, message: error instanceof Error ? error.message : String(error) }, []];
  }
}
