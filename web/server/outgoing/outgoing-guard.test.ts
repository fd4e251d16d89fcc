import { describe, expect, it } from 'vitest';
import { type AllowRule, readAllowRule } from './allow-list.ts';
import { OutgoingError, type OutgoingErrorCode } from './outgoing-error.ts';
import { judgeAddresses, readOutgoingUrl, targetOf } from './outgoing-guard.ts';

function rules(...texts: readonly string[]): AllowRule[] {
  return texts.map((text) => {
    const rule = readAllowRule(text);
    if (rule === null) throw new Error(`${text} is no rule`);
    return rule;
  });
}

/** What is said against sending there, where the name leads to these addresses. */
function refusal(
  url: string,
  addresses: readonly string[] = [],
  allow: readonly AllowRule[] = [],
): OutgoingErrorCode | null {
  try {
    judgeAddresses(targetOf(readOutgoingUrl(url, allow)), addresses, allow);
    return null;
  } catch (error) {
    if (error instanceof OutgoingError) return error.code;
    throw error;
  }
}

const INTERNAL = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '100.127.255.254',
  '127.0.0.1',
  '127.255.255.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:c0a8:1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2001:20::1',
  '2002:7f00:1::',
  '2002:808:808::',
  '3fff::1',
  '4000::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'ff0e::1',
  'not an address',
];
const PUBLIC = [
  '1.1.1.1',
  '93.184.216.34',
  '172.32.0.1',
  '2606:4700::1111',
  '::ffff:1.1.1.1',
  '64:ff9b::101:101',
];
const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  'fd00:ec2::254',
  'fd20:ce::254',
];

describe('a name', () => {
  it.each(INTERNAL)('that leads to %s is refused', (address) => {
    expect(refusal('https://hooks.example/', [address])).toBe('forbidden_address');
  });

  it.each(INTERNAL)('that leads to the internet and to %s too is refused', (address) => {
    expect(refusal('https://hooks.example/', ['1.1.1.1', address])).toBe('forbidden_address');
    expect(refusal('https://hooks.example/', [address, '1.1.1.1'])).toBe('forbidden_address');
  });

  it.each(PUBLIC)('that leads to %s is sent to', (address) => {
    expect(refusal('https://hooks.example/a?b=c', [address])).toBeNull();
  });

  it.each(METADATA)('that leads to %s is refused whatever is allowed', (address) => {
    const everything = rules('0.0.0.0/0', '::/0', 'hooks.example');
    expect(refusal('https://hooks.example/', [address])).toBe('forbidden_address');
    expect(refusal('https://hooks.example/', [address], everything)).toBe('forbidden_address');
    expect(refusal('http://hooks.example/', ['10.0.0.1', address], everything)).toBe('forbidden_address');
  });
});

describe('an address in a URL is refused, however it is written:', () => {
  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.0.0.1/',
    'https://017700000001/',
    'https://0177.0.0.1/',
    'https://127.0.0.1./',
    'https://①②⑦.⓪.⓪.①/',
    'https://127。0。0。1/',
    'https://%31%32%37.0.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://0/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[0:0:0:0:0:ffff:127.0.0.1]/',
    'https://[64:ff9b::127.0.0.1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]:8443/',
    'https://10.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0xa9fea9fe/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://\t127.0.0.1/',
    'https:\\\\127.0.0.1\\',
    'https:127.0.0.1',
  ])('%s', (url) => {
    expect(() => readOutgoingUrl(url, [])).toThrow(expect.objectContaining({ code: 'forbidden_address' }));
  });

  it.each([
    'https://user@hooks.example/',
    'https://user:secret@hooks.example/',
    'https://1.1.1.1@127.0.0.1/',
    'hooks.example',
    '//hooks.example',
    'https://',
    'https://[fe80::1%25eth0]/',
    'https://1.1.1.1.1/',
    'https://256.1.1.1/',
    `https://hooks.example/${'a'.repeat(2_048)}`,
    '',
  ])('%j is no address to send to', (url) => {
    expect(() => readOutgoingUrl(url, [])).toThrow(expect.objectContaining({ code: 'bad_url' }));
  });
});

it.each([
  'ftp://hooks.example/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_',
  'javascript:alert(1)',
  'data:,x',
])('no other scheme is taken: %s', (url) => {
  expect(refusal(url)).toBe('forbidden_scheme');
});

it.each([
  ['https://hooks.example', null],
  ['https://hooks.example:8443', null],
  ['https://hooks.example:9000', null],
  ['https://hooks.example:22', 'forbidden_port'],
  ['https://hooks.example:80', 'forbidden_port'],
  ['https://hooks.example:5432', 'forbidden_port'],
  ['http://hooks.example', 'forbidden_scheme'],
  ['http://hooks.example:8443', 'forbidden_scheme'],
  ['http://1.1.1.1', 'forbidden_scheme'],
])('on the internet %s is answered with %s', (url, expected) => {
  expect(refusal(url, ['1.1.1.1'])).toBe(expected);
});

describe('what the operator allows', () => {
  it.each([
    ['http://127.0.0.1:4000/', '127.0.0.1', '127.0.0.1', null],
    ['http://127.0.0.1:4000/', '127.0.0.1:4000', '127.0.0.1', null],
    ['http://127.0.0.1:4001/', '127.0.0.1:4000', '127.0.0.1', 'forbidden_address'],
    ['http://[::1]:4000/', '[::1]:4000', '::1', null],
    ['http://[::ffff:127.0.0.1]/', '127.0.0.0/8', '::ffff:127.0.0.1', null],
    ['http://crm/', '10.0.0.0/8', '10.2.3.4', null],
    ['http://crm/', '10.0.0.0/8', '192.168.0.1', 'forbidden_address'],
    ['http://crm/', '10.0.0.0/8', '1.1.1.1', 'forbidden_scheme'],
    ['http://crm.intranet/', 'CRM.intranet', '192.168.0.1', null],
    ['http://crm.intranet./', 'crm.intranet', '192.168.0.1', null],
    ['http://crm.intranet:81/', 'crm.intranet:80', '192.168.0.1', 'forbidden_scheme'],
    ['http://evil.crm.intranet/', 'crm.intranet', '192.168.0.1', 'forbidden_scheme'],
    ['https://evil.crm.intranet/', 'crm.intranet', '192.168.0.1', 'forbidden_address'],
    ['https://hooks.example:22/', '10.0.0.0/8', '10.0.0.1', null],
    ['https://hooks.example/', 'fd00::/8', 'fd12::1', null],
  ])('for %s by %s, leading to %s: %s', (url, rule, address, expected) => {
    expect(refusal(url, [address], rules(rule))).toBe(expected);
  });

  it('in one address does not open the others of the name', () => {
    expect(refusal('https://crm/', ['10.0.0.1', '192.168.0.1'], rules('10.0.0.0/8'))).toBe(
      'forbidden_address',
    );
    expect(refusal('http://crm/', ['10.0.0.1', '1.1.1.1'], rules('10.0.0.0/8'))).toBe('forbidden_scheme');
  });

  it.each([
    '',
    '*',
    '10.0.0.0/33',
    '10.0.0',
    '10.0.0.0/8:80',
    'http://crm',
    'crm:0',
    'crm:70000',
    'a b',
    '[crm]',
    '[::1',
    '-x',
  ])('is never %j', (text) => {
    expect(readAllowRule(text)).toBeNull();
  });
});
