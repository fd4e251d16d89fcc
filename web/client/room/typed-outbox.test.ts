import { expect, it } from 'vitest';
import type { Delivery } from './transcript.ts';
import { createTypedOutbox } from './typed-outbox.ts';

function opened() {
  const news: string[] = [];
  const onDelivery = (id: string, delivery: Delivery) => void news.push(`${id} ${delivery}`);
  return { news, outbox: createTypedOutbox({ onDelivery }) };
}

const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

it('keeps messages until there is somebody to read them, and sends them in order', async () => {
  const { news, outbox } = opened();
  outbox.put({ id: 'a', text: 'one' });
  outbox.put({ id: 'b', text: 'two' });
  expect(news).toEqual(['a waiting', 'b waiting']);
  const sent: string[] = [];
  outbox.sendThrough(async (text) => void sent.push(text));
  await settle();
  expect(sent).toEqual(['one', 'two']);
  expect(news.slice(2)).toEqual(['a sending', 'b sending', 'a sent', 'b sent']);
});

it('goes on after a message that could not be sent', async () => {
  const { news, outbox } = opened();
  outbox.put({ id: 'a', text: 'one' });
  outbox.put({ id: 'b', text: 'two' });
  outbox.sendThrough((text) => (text === 'one' ? Promise.reject(new Error('gone')) : Promise.resolve()));
  await settle();
  expect(news.slice(4)).toEqual(['a failed', 'b sent']);
});

it('sends nothing that it was told to give up', async () => {
  const { news, outbox } = opened();
  outbox.put({ id: 'a', text: 'one' });
  outbox.giveUp();
  outbox.sendThrough(async () => {
    throw new Error('sent after all');
  });
  await settle();
  expect(news).toEqual(['a waiting', 'a failed']);
});

it('lets no message of one call hold up or mark those of the next', async () => {
  const { news, outbox } = opened();
  let settleFormer = () => {};
  outbox.put({ id: 'a', text: 'one' });
  outbox.put({ id: 'b', text: 'two' });
  const former: string[] = [];
  outbox.sendThrough((text) => {
    former.push(text);
    return new Promise((resolve) => (settleFormer = resolve));
  });
  await settle();
  outbox.giveUp();
  expect(news.slice(4)).toEqual(['a failed', 'b failed']);
  outbox.put({ id: 'a', text: 'three' });
  outbox.sendThrough(() => new Promise(() => {}));
  settleFormer();
  await settle();
  expect(news.slice(6)).toEqual(['a waiting', 'a sending']);
  expect(former).toEqual(['one']);
});

it('sends in a next call whatever became of the one before', async () => {
  const { news, outbox } = opened();
  outbox.put({ id: 'a', text: 'one' });
  outbox.sendThrough(() => new Promise(() => {}));
  await settle();
  outbox.giveUp();
  outbox.put({ id: 'a', text: 'two' });
  outbox.sendThrough(async () => {});
  await settle();
  expect(news.slice(3)).toEqual(['a waiting', 'a sending', 'a sent']);
});
