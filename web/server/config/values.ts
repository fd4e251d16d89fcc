import { readFileSync } from 'node:fs';
import { checkPriceTable } from '@parley/engine/cost/price-table';
import ipaddr from 'ipaddr.js';
import { parse } from 'yaml';
import { z } from 'zod';
import { type AllowRule, readAllowRule } from '../outgoing/allow-list.ts';

/** A whole number written in digits. */
export function integer(min: number, max: number) {
  const problem = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, problem)
    .transform(Number)
    .refine((value) => value >= min && value <= max, problem);
}

const url = (protocols: readonly string[], problem: string) =>
  z.string().transform((text, context) => {
    const parsed = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
    if (parsed !== undefined && protocols.includes(parsed.protocol) && parsed.search + parsed.hash === '') {
      return parsed.href.replace(/\/+$/, '');
    }
    context.addIssue(problem);
    return z.NEVER;
  });

/** A web address without a closing slash. */
export const httpUrl = url(['http:', 'https:'], 'must begin with http:// or https:// and hold no ? or #');

/** LiveKit's address as `http:` or `https:` without a closing slash; `ws` and `wss` are taken too. */
export const livekitUrl = url(
  ['ws:', 'wss:', 'http:', 'https:'],
  'must begin with ws:// or wss://',
).transform((text) => text.replace(/^ws/, 'http'));

/** The address of a PostgreSQL database, as its own clients write it. */
export const postgresUrl = z
  .string()
  .transform((text) => text.trim())
  .refine(
    (text) => /^postgres(ql)?:$/.test(URL.canParse(text) ? new URL(text).protocol : ''),
    'must be postgres://user:password@host:5432/name, with % before what is a mark in the password',
  );

/** Origins separated by commas, each once, as a browser writes them. */
export const origins = z.string().transform((text, context) => {
  const found = new Set<string>();
  for (const item of text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const parsed = URL.canParse(item) ? new URL(item) : undefined;
    const isOrigin =
      parsed !== undefined &&
      /^https?:$/.test(parsed.protocol) &&
      parsed.pathname + parsed.search + parsed.hash === '/';
    if (isOrigin) found.add(parsed.origin);
    else context.addIssue(`${JSON.stringify(item)} is no origin such as https://example.com`);
  }
  return [...found];
});

/** Hosts and networks that requests may go to, separated by commas. */
export const allowRules = z.string().transform((text, context) => {
  const rules: AllowRule[] = [];
  for (const item of text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const rule = readAllowRule(item);
    if (rule !== null) rules.push(rule);
    else
      context.addIssue(
        `${JSON.stringify(item)} is no host such as intranet.example or 10.0.0.7:8080, and no network such as 10.0.0.0/8`,
      );
  }
  return rules;
});

/** A name or address to listen on. */
export const hostName = z
  .string()
  .transform((text) => text.trim().replace(/^\[(.*)\]$/, '$1'))
  .refine(
    (text) => /^[A-Za-z0-9._-]+$/.test(text) || ipaddr.isValid(text),
    'must be a host name or an IP address, without a port',
  );

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

/** A switch: true, 1, yes, on; or false, 0, no, off. */
export const flag = z
  .string()
  .transform((text) => text.trim().toLowerCase())
  .refine((text) => TRUE.includes(text) || FALSE.includes(text), 'must be true or false')
  .transform((text) => TRUE.includes(text));

/** Where to listen: `host:port`, an IPv6 address in brackets. */
export const bindAddress = z.string().transform((text, context) => {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  context.addIssue('must be host:port, for example 0.0.0.0:3001');
  return z.NEVER;
});
export type BindAddress = z.infer<typeof bindAddress>;

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
