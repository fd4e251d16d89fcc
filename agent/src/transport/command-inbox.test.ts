import { callIdSchema } from '@parley/contracts/ids';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createCommandInbox } from './command-inbox.ts';
import { createReadCommand } from './read-command.ts';

const KEY = { apiKey: 'key', apiSecret: 'a secret of thirty-two characters' };
const CALL = callIdSchema.parse('RM_1');
const PAUSE = { type: 'setRecording', state: 'paused' };
const RESUME = { type: 'setRecording', state: 'on' };
const nowS = () => Math.floor(performance.timeOrigin / 1000 + performance.now() / 1000);

/** What the server signs, where nothing else is asked for. */
function sign(
  command: unknown,
  given: Partial<Record<'sub' | 'aud' | 'iss' | 'secret', string>> = {},
  ageS = 0,
) {
  const { sub = CALL, aud = 'parley-command', iss = KEY.apiKey, secret = KEY.apiSecret } = given;
  return new SignJWT({ command })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(iss)
    .setAudience(aud)
    .setSubject(sub)
    .setIssuedAt(nowS() - ageS)
    .setExpirationTime(nowS() - ageS + 60)
    .sign(new TextEncoder().encode(secret));
}

function setUp() {
  const obeyed: unknown[] = [];
  const logged: string[] = [];
  const read = createReadCommand(KEY);
  const inbox = createCommandInbox({
    read: (token) => read(token, CALL),
    onCommand: (command) => obeyed.push(command),
    log: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
  });
  const take = (text: string, sender: string | null = null) =>
    inbox.take(sender, new TextEncoder().encode(text));
  /** Resolves when all that was taken before is obeyed or refused. */
  const settled = async () => {
    const before = obeyed.length;
    take(await sign(RESUME));
    await expect.poll(() => obeyed.length).toBeGreaterThan(before);
    obeyed.pop();
  };
  return { take, obeyed, logged, settled };
}

it('takes what the server signs, in its order', async () => {
  const { take, obeyed, logged, settled } = setUp();
  const commands = [PAUSE, RESUME, PAUSE, PAUSE, RESUME];
  for (const token of await Promise.all(commands.map((command) => sign(command)))) take(token);
  await settled();
  expect(obeyed.at(-1)).toEqual(RESUME);
  expect(obeyed).toEqual(commands);
  expect(logged).toEqual([]);
});

it.each([
  ['the command alone', async () => JSON.stringify(PAUSE)],
  ['what another secret signed', () => sign(PAUSE, { secret: 'another secret of thirty-two chars' })],
  ['what was signed for another call', () => sign(PAUSE, { sub: 'RM_2' })],
  ['what was signed for another purpose', () => sign(PAUSE, { aud: 'parley-internal' })],
  ['what another key signed', () => sign(PAUSE, { iss: 'other' })],
  ['an old one', () => sign(PAUSE, {}, 3_600)],
  ['another type', () => sign({ type: 'selfDestruct' })],
  ['another state', () => sign({ ...PAUSE, state: 'gone' })],
  ['a long one', () => sign({ ...PAUSE, note: 'x'.repeat(5_000) })],
])('refuses %s, and says so', async (_, forge) => {
  const { take, obeyed, logged, settled } = setUp();
  take(await forge());
  await settled();
  expect(obeyed).toEqual([]);
  expect(logged).toHaveLength(1);
});

it('takes nothing from whom rtc-node names, and a flood is not a flood of lines', async () => {
  const { take, obeyed, logged, settled } = setUp();
  const token = await sign(PAUSE);
  for (let i = 0; i < 100; i++) take(token, 'mallory');
  await settled();
  expect(obeyed).toEqual([]);
  expect(logged).toHaveLength(16);
  expect(logged[0]).toContain('mallory');
});
