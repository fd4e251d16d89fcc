import type { Settings } from '../settings/layers.ts';
import { AGENT_SECRET_PREFIX } from '../settings/variable.ts';
import { type Finding, fault, sound, warning } from './finding.ts';
import { checkKey } from './key-check.ts';

const WHAT = 'providers';

/** As much of a provider as its key and address are about. */
export interface KeyedProvider {
  readonly stage: 'stt' | 'llm' | 'tts';
  readonly provider: string;
  readonly key: string | null;
  readonly baseUrl: { readonly variable: string; readonly usual: string } | null;
}

const STAGE_WORDS = { stt: 'recognition', llm: 'answers', tts: 'voice' } as const;

/**
 * Which keys of providers are set, whether each is let in by its vendor, and the stages that it switches on. `providers`
 * come in the order in which they are taken where an agent names none.
 */
export async function providerFindings(options: {
  readonly providers: readonly KeyedProvider[];
  readonly settings: Settings;
  readonly signal: AbortSignal;
}): Promise<readonly Finding[]> {
  const { providers, settings, signal } = options;
  const variables = [...new Set(providers.flatMap(({ key }) => (key === null ? [] : [key])))];
  const set = variables.filter((variable) => settings.has(variable));
  const findings = await Promise.all(
    set.map((variable) => keyFinding(variable, { providers, settings, signal })),
  );
  const secrets = [...settings.keys()].filter((name) => name.startsWith(AGENT_SECRET_PREFIX));
  if (secrets.length > 0)
    findings.push(sound(WHAT, `secrets that agent files may name: ${secrets.sort().join(', ')}`));
  const unset = variables.filter((variable) => !settings.has(variable));
  if (unset.length > 0) findings.push(sound(WHAT, `not set, and not used: ${unset.join(', ')}`));
  return findings;
}

async function keyFinding(
  variable: string,
  { providers, settings, signal }: Parameters<typeof providerFindings>[0],
): Promise<Finding> {
  const users = providers.filter(({ key }) => key === variable);
  const given = settings.get(variable);
  const [first] = users;
  if (given === undefined || first === undefined) return sound(WHAT, `${variable} is not set`);
  const baseUrl =
    (first.baseUrl === null ? undefined : settings.get(first.baseUrl.variable)?.value) ??
    first.baseUrl?.usual ??
    '';
  const uses = users.map((user) => {
    const isUsual = providers.find(
      ({ stage, key }) => stage === user.stage && key !== null && settings.has(key),
    );
    return `${STAGE_WORDS[user.stage]}${isUsual === user ? ' (where an agent names none)' : ''}`;
  });
  const detail = `${variable} (from ${given.source}), for ${uses.join(', ')}`;
  if (!URL.canParse(baseUrl))
    return fault(
      WHAT,
      `${detail}: ${JSON.stringify(baseUrl)} is no address`,
      `correct ${first.baseUrl?.variable}`,
    );
  const verdict = await checkKey({ variable, key: given.value.trim(), baseUrl, signal });
  const place = new URL(baseUrl).host;
  switch (verdict?.kind) {
    case undefined:
      return sound(WHAT, `${detail}: set`);
    case 'accepted':
      return sound(WHAT, `${detail}: ${place} lets it in`);
    case 'refused':
      return fault(
        WHAT,
        `${detail}: ${place} does not let it in (${verdict.status})`,
        `correct ${variable}, or take it out: agents that use it cannot be called`,
      );
    case 'unclear':
      return warning(
        WHAT,
        `${detail}: ${place} answers ${verdict.status}, which tells nothing of the key`,
        `try again later, or correct ${first.baseUrl?.variable}`,
      );
    case 'unreachable':
      return warning(
        WHAT,
        `${detail}: ${place} is not reached (${verdict.why})`,
        `look at the network, or correct ${first.baseUrl?.variable}`,
      );
  }
}
