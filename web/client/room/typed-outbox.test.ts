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
