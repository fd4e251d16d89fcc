import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorkerMetrics } from '@parley/agent/metrics/worker-metrics';
import { createServerMetrics } from '@parley/web/server/metrics/server-metrics';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectFolder } from '../../project-folder.ts';
import { readExposition } from './read-exposition.ts';

const docs = join(projectFolder(), 'docs');
const dashboard = z
  .object({
    panels: z.array(
      z.object({
        id: z.number(),
        title: z.string(),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        targets: z.array(z.object({ expr: z.string(), refId: z.string() })).min(1),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(docs, 'grafana', 'parley.json'), 'utf8')));

const shipping = {
  shippedLines: 0,
  lostLines: 0,
  unwrittenLines: 0,
  uploadedFiles: 0,
  failures: 0,
  backlogLines: 0,
  oldestUnshippedMs: null,
};

/** Every metric that a process of ours tells of, by name. */
async function exposed() {
  const metrics = createWorkerMetrics();
  metrics.watchProcess();
  const worker = await metrics.exposition({
    isRegistered: true,
    calls: 0,
    maxCalls: 1,
    shipping,
  });
  const server = await createServerMetrics().exposition({
    livekit: 'ok',
    stored: null,
    workers: [],
    waitingRecordings: null,
  });
  return new Map([...readExposition(worker), ...readExposition(server)]);
}

/** Names in an expression; what Prometheus itself understands is written without such a prefix. */
const namesIn = (text: string) => new Set(text.match(/\b(?:parley|nodejs|process)_[a-z0-9_]+/g) ?? []);

describe('the dashboard', () => {
  it('asks only for what is there, by the kind that it is of', async () => {
    const metrics = await exposed();
    for (const { title, targets } of dashboard.panels)
      for (const { expr } of targets) {
        const names = namesIn(expr);
        expect(names.size, `${title}: ${expr}`).toBeGreaterThan(0);
        for (const name of names) {
          const histogram = metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
          const isPart = histogram?.type === 'histogram' && histogram.name !== name;
          const metric = metrics.get(name);
          expect(isPart || metric !== undefined, `${title}: ${name}`).toBe(true);
          if (metric?.type === 'counter') expect(expr, title).toContain(`rate(${name}`);
          if (metric?.type === 'gauge') expect(expr, title).not.toContain(`rate(${name}`);
        }
      }
  });

  it('has a guide that tells of every figure of ours, and of no other', async () => {
    const guide = namesIn(readFileSync(join(docs, 'guide', 'metrics.md'), 'utf8'));
    const ours = [...(await exposed()).keys()].filter((name) => name.startsWith('parley_'));
    expect([...guide].filter((name) => name.startsWith('parley_')).sort()).toEqual(ours.sort());
  });

  it('has its panels side by side, none over another', () => {
    const places = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});
