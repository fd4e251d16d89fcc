/** A step of a Dockerfile that puts something into an image; the others only describe it. */
export type Step =
  | { readonly kind: 'run'; readonly command: string }
  | {
      readonly kind: 'copy';
      readonly from: string | null;
      readonly sources: readonly string[];
      readonly target: string;
    }
  | { readonly kind: 'workdir'; readonly folder: string };

/** One `FROM` and what follows it. */
export interface Stage {
  /** As others copy from it; its number where it has none. */
  readonly name: string;
  readonly image: string;
  readonly steps: readonly Step[];
}

const DESCRIBING = new Set([
  'USER',
  'ENV',
  'EXPOSE',
  'STOPSIGNAL',
  'CMD',
  'ENTRYPOINT',
  'LABEL',
  'HEALTHCHECK',
]);

/** Reads a Dockerfile as this project writes them: one instruction a line, files and folders copied by name. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; image: string; steps: Step[] }[] = [];
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [instruction = '', ...words] = line.split(/\s+/);
    if (instruction === 'FROM') {
      const [image = '', , name = String(stages.length)] = words;
      stages.push({ name, image, steps: [] });
      continue;
    }
    const steps = stages.at(-1)?.steps;
    if (steps === undefined) throw new Error(`a Dockerfile begins with FROM, not with ${line}`);
    if (instruction === 'RUN') steps.push({ kind: 'run', command: words.join(' ') });
    else if (instruction === 'WORKDIR') steps.push({ kind: 'workdir', folder: words[0] ?? '/' });
    else if (instruction === 'COPY') steps.push(parseCopy(words));
    else if (!DESCRIBING.has(instruction)) throw new Error(`this reader does not know ${instruction}`);
  }
  return stages;
}

function parseCopy(words: readonly string[]): Step {
  const from = words[0]?.startsWith('--from=') === true ? words[0].slice('--from='.length) : null;
  const paths = from === null ? words : words.slice(1);
  return { kind: 'copy', from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
}
