import { createCallRunner } from '../call/call-runner.ts';
import { startProcess } from './start-process.ts';

await startProcess(createCallRunner);
