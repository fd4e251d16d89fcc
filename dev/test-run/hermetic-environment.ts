import { VARIABLES } from '../settings/catalogue.ts';
import { osEnvironment } from '../settings/os-environment.ts';

/** This machine's environment without its settings of Parley, so that no key of a developer decides a test. */
export function hermeticEnvironment(): Record<string, string> {
  const kept = Object.entries(osEnvironment()).filter(
    ([name]) => name === 'PARLEY_CACHE' || !VARIABLES.has(name),
  );
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
