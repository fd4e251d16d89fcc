import {
  type DeliveryList,
  deliveryListRequestSchema,
  type MadeWebhook,
  newWebhookSchema,
  rotateRequestSchema,
  type Webhook,
  type WebhookDelivery,
  type WebhookList,
  webhookChangeSchema,
} from '@parley/contracts/webhooks';
import { type Context, Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import type { Database } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import { readQuery } from '../http/query.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import { OutgoingError } from '../outgoing/outgoing-error.ts';
import { deliveriesOf, findDelivery, sendAgain } from './delivery-log.ts';
import type { WebhookSender } from './webhook-sender.ts';
import type { WebhookStore } from './webhook-store.ts';

export interface WebhookEndpointDeps {
  readonly access: Pick<AccessGuard, 'require'>;
  readonly database: () => Database;
  readonly webhooks: WebhookStore;
  readonly webhookSender: Pick<WebhookSender, 'wake' | 'tryOut'>;
  readonly outgoing: Pick<Outgoing, 'check'>;
  readonly nowEpochMs: () => number;
}

/** `/api/webhooks`: for who runs the server. */
export function createWebhookEndpointRoutes(deps: WebhookEndpointDeps) {
  const { access, database, webhooks, webhookSender } = deps;
  const app = new Hono<ServerEnv>();
  app.use(async (c, next) => {
    await access.require(c, 'admin');
    await next();
  });
  const checkUrl = (url: string) => {
    try {
      deps.outgoing.check(url);
    } catch (error) {
      if (!(error instanceof OutgoingError)) throw error;
      throw new ApiError('invalid_field', error.message, { field: 'url', cause: error });
    }
  };
  const delivery = async (deliveryId: string): Promise<WebhookDelivery> =>
    (await findDelivery(database(), deliveryId)) ?? notThere('delivery');

  app.get('/', async (c) => {
    const answer: WebhookList = { webhooks: [...(await webhooks.list())] };
    return c.json(answer);
  });
  app.post('/', async (c) => {
    const wanted = await readJsonBody(c, newWebhookSchema);
    checkUrl(wanted.url);
    const answer: MadeWebhook = await webhooks.make(wanted);
    return c.json(answer, 201);
  });
  app.patch('/:webhookId', async (c) => {
    const change = await readJsonBody(c, webhookChangeSchema);
    if (change.url !== undefined) checkUrl(change.url);
    const answer: Webhook = (await webhooks.change(idOf(c), change)) ?? notThere('webhook');
    webhookSender.wake();
    return c.json(answer);
  });
  app.delete('/:webhookId', async (c) => {
    if (!(await webhooks.remove(idOf(c)))) notThere('webhook');
    return c.body(null, 204);
  });
  app.post('/:webhookId/rotate', async (c) => {
    const { overlapS } = await readJsonBody(c, rotateRequestSchema);
    const answer: MadeWebhook = (await webhooks.rotate(idOf(c), overlapS * 1_000)) ?? notThere('webhook');
    return c.json(answer);
  });
  app.post('/:webhookId/test', async (c) => {
    const deliveryId = (await webhookSender.tryOut(idOf(c))) ?? notThere('webhook');
    return c.json(await delivery(deliveryId));
  });
  app.get('/:webhookId/deliveries', async (c) => {
    const wanted = readQuery(c, deliveryListRequestSchema);
    if ((await webhooks.find(idOf(c))) === null) notThere('webhook');
    const answer: DeliveryList = await deliveriesOf(database(), idOf(c), wanted);
    return c.json(answer);
  });
  app.post('/deliveries/:deliveryId/resend', async (c) => {
    const { deliveryId } = await delivery(c.req.param('deliveryId'));
    await sendAgain(database(), deliveryId, deps.nowEpochMs());
    webhookSender.wake();
    return c.json(await delivery(deliveryId));
  });
  return app;
}

function idOf(c: Context<ServerEnv, '/:webhookId'>): string {
  return c.req.param('webhookId');
}

function notThere(what: string): never {
  throw new ApiError('not_found', `There is no such ${what}: it may have been deleted before.`);
}
