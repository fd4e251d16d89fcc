import type { SimulatedRequest } from '../simulated-vendor.ts';

/** Simulated vendors take every key but `wrong`. */
export function hasBearerKey({ headers }: SimulatedRequest): boolean {
  const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  return key !== '' && key !== 'wrong';
}
