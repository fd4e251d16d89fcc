/** One thing that `npm run check` holds: a tool of node_modules/.bin and its arguments. */
export interface Step {
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
}

/** Each has its own compiler options: no Node and no DOM in contracts and engine, no Node in the page. */
const PROJECTS = [
  'contracts',
  'engine',
  'recordings',
  'agent',
  'web/server',
  'web/client',
  'examples',
  'bench',
  'dev',
  'dev/tests/browser',
] as const;

/** What must hold of the whole tree. Import directions, purity and cycles are rules of biome.json. */
export const STEPS: readonly Step[] = [
  ...PROJECTS.map((project) => ({ name: `types of ${project}`, tool: 'tsc', args: ['-p', project] })),
  { name: 'lint, format and import directions', tool: 'biome', args: ['check', '--error-on-warnings'] },
  { name: 'unused code', tool: 'knip', args: ['--no-progress', '--treat-config-hints-as-errors'] },
];
