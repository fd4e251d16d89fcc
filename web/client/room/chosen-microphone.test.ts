import { expect, it } from 'vitest';
import { openChosenMicrophone } from './chosen-microphone.ts';

const gone = new DOMException('', 'OverconstrainedError');

it('asks for the chosen device and no other', async () => {
  expect(await openChosenMicrophone('headset', async ({ deviceId }) => deviceId)).toEqual({
    exact: 'headset',
  });
  expect(await openChosenMicrophone(null, async ({ deviceId }) => deviceId)).toEqual({ ideal: 'default' });
});

it('takes the default one in the place of a device that is gone', async () => {
  const asked: unknown[] = [];
  await openChosenMicrophone('headset', async ({ deviceId }) => {
    asked.push(deviceId);
    if (asked.length === 1) throw gone;
  });
  expect(asked).toEqual([{ exact: 'headset' }, { ideal: 'default' }]);
});

it('asks no second time for what a person refused', async () => {
  let times = 0;
  const refused = openChosenMicrophone('headset', async () => {
    times += 1;
    throw new DOMException('', 'NotAllowedError');
  });
  await expect(refused).rejects.toThrow();
  expect(times).toBe(1);
});
