import { openThreadPort } from '../thread.ts';

/** What the tests of `startThread` ask of a thread. */
export type EchoRequest = 'throw' | 'exit' | 'print' | 'spin' | { readonly echo: unknown };

const port = openThreadPort<EchoRequest, { readonly data: unknown; readonly echo: unknown }>();
port.onMessage((request) => {
  switch (request) {
    case 'throw':
      throw new Error('as asked');
    case 'exit':
      return process.exit(3);
    case 'print':
      return void process.stdout.write('printed by the thread\n');
    case 'spin':
      for (;;);
    default:
      port.post({ data: port.data, echo: request.echo });
  }
});
