import { readFileSync } from 'node:fs';
import { checkPriceTable } from '@parley/engine/cost/price-table';
import { parse } from 'yaml';
import { z } from 'zod';

/** A whole number written in digits. */
export function integer(min: number, max: number) {
  const problem = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, problem)
    .transform(Number)
    .refine((value) => value >= min && value <= max, problem);
}

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

/** A switch: true, 1, yes, on; or false, 0, no, off. */
export const flag = z
  .string()
  .transform((text) => text.trim().toLowerCase())
  .refine((text) => TRUE.includes(text) || FALSE.includes(text), 'must be true or false')
  .transform((text) => TRUE.includes(text));

/** Names separated by commas, each once. */
export function nameList(pattern: RegExp) {
  return z.string().transform((text, context) => {
    const names = [
      ...new Set(
        text
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean),
      ),
    ];
    for (const name of names) {
      if (pattern.test(name)) continue;
      context.addIssue(
        `${JSON.stringify(name)} is no name of letters, digits and ._- with at most 64 characters`,
      );
    }
    return names;
  });
}

/** Headers as OpenTelemetry writes them: `name=value`, separated by commas, the value percent-encoded where it must be. */
export const headerList = z.string().transform((text, context) => {
  const headers: Record<string, string> = {};
  for (const item of text.split(',').filter((part) => part.trim() !== '')) {
    const [, name, value] = /^\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*(.*?)\s*$/.exec(item) ?? [];
    const decoded = value === undefined ? null : decode(value);
    if (name !== undefined && decoded !== null) headers[name] = decoded;
    else context.addIssue('must be name=value, separated by commas, with % before what is a mark in a value');
  }
  return headers;
});

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const url = (protocols: readonly string[], problem: string) =>
  z.string().transform((text, context) => {
    const parsed = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
    if (parsed !== undefined && protocols.includes(parsed.protocol)) return parsed.href.replace(/\/+$/, '');
    context.addIssue(problem);
    return z.NEVER;
  });

/** A web address without a closing slash. */
export const httpUrl = url(['http:', 'https:'], 'must begin with http:// or https://');

/** LiveKit's address as a websocket address without a closing slash; `http` and `https` are taken for `ws` and `wss`. */
export const webSocketUrl = url(
  ['ws:', 'wss:', 'http:', 'https:'],
  'must begin with ws:// or wss://',
).transform((text) => text.replace(/^http/, 'ws'));

/** A file of prices in YAML; what it holds is the value. */
export const priceFile = z.string().transform((file, context) => {
  try {
    const read = checkPriceTable(parse(readFileSync(file, 'utf8')));
    if (read.kind === 'sound') return read.prices;
    context.addIssue(`it holds what is no price: ${read.faults.join('; ')}`);
  } catch (error) {
    context.addIssue(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return z.NEVER;
});
