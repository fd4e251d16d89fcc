import type { FromSimulators, SimulatorsTask } from './simulators-messages.ts';
import { startSimulators } from './start-simulators.ts';

/** Every simulated vendor in a process of its own, until whoever started it is gone or lets go of it. */
const { script, ...task } = JSON.parse(process.argv[2] ?? '{}') as SimulatorsTask;

const tell = (message: FromSimulators) => void process.send?.(message);

// Ctrl-C and its like reach all processes of a terminal at once, and calls end before their vendors.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));
try {
  const { heard, answer } = script ?? {};
  const answers = answer === undefined ? undefined : [{ when: /^(?!.*\bgoodbye\b)/is, text: answer }];
  const simulators = await startSimulators({
    ...task,
    script: { ...(heard && { heard }), ...(answers && { answers }) },
  });
  tell({ kind: 'ready', baseUrls: simulators.baseUrls });
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.disconnect();
}
