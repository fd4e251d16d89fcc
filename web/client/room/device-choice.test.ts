import { describe, expect, it } from 'vitest';
import { type AudioDevice, chooseDevice, listDevices, rememberedChoice } from './device-choice.ts';

const alias: AudioDevice = { id: 'default', label: 'Default - Laptop' };
const laptop: AudioDevice = { id: '1', label: 'Laptop' };
const headset: AudioDevice = { id: '2', label: 'Headset' };

const nobody = rememberedChoice(null);
const withHeadset = chooseDevice(listDevices(nobody, [alias, laptop, headset]), '2');

it('begins with the system’s default and offers real devices only', () => {
  expect(listDevices(nobody, [alias, laptop, headset])).toEqual({
    available: [laptop, headset],
    wanted: null,
    inUse: null,
    news: null,
  });
});

it('asks for the remembered device before the browser tells any names', () => {
  const unnamed = listDevices(rememberedChoice(headset), [{ id: '', label: '' }]);
  expect(unnamed).toMatchObject({ available: [], inUse: headset, news: null });
});

describe('the wanted device', () => {
  it('gives way to the default one when it is unplugged, and says so', () => {
    expect(listDevices(withHeadset, [alias, laptop])).toMatchObject({
      wanted: headset,
      inUse: null,
      news: { kind: 'gone', label: 'Headset' },
    });
  });

  it('is used again when it is plugged in, and says so', () => {
    const back = listDevices(listDevices(withHeadset, [laptop]), [laptop, headset]);
    expect(back).toMatchObject({ inUse: headset, news: { kind: 'back', label: 'Headset' } });
    expect(listDevices(back, [laptop, headset]).news).toEqual({ kind: 'back', label: 'Headset' });
  });

  it('is known by its name under a new id', () => {
    const renamed = { id: '9', label: 'Headset' };
    expect(listDevices(rememberedChoice(headset), [laptop, renamed])).toMatchObject({
      inUse: renamed,
      news: null,
    });
  });

  it('is said to be missing when it was unplugged between two visits', () => {
    expect(listDevices(rememberedChoice(headset), [laptop])).toMatchObject({
      inUse: null,
      news: { kind: 'gone' },
    });
  });
});

it('lets go of the wanted device and of what was said about it when another is chosen', () => {
  const without = listDevices(withHeadset, [laptop]);
  expect(chooseDevice(without, '1')).toMatchObject({ wanted: laptop, inUse: laptop, news: null });
  expect(chooseDevice(without, null)).toMatchObject({ wanted: null, inUse: null, news: null });
});
