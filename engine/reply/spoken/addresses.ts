import type { SpokenLanguage } from './language.ts';
import { sayDigits } from './numbers.ts';
import { anyOf, ENDS, type RulesOf, STARTS } from './rule.ts';

/** Ends of names without "https://" or "www." that are taken for addresses. */
const TOP_LEVELS =
  'com org net edu gov io ai app dev co info biz me tv eu uk us ca au de at ch fr es it nl be pt br in mx ie nz'.split(
    ' ',
  );
const FILE_ENDINGS =
  'md txt pdf html htm js ts py json csv zip png jpg jpeg gif doc docx xls xlsx ppt pptx mp3 mp4 wav yaml xml'.split(
    ' ',
  );
/** Of an address that is longer, only the name of its host is said: nobody writes the rest down. */
const LONGEST_PATH_CHARS = 40;
const HOST = '(?:[\\p{L}\\p{N}-]+\\.)+\\p{L}{2,}';

/** Addresses of mail and of the web, and phone numbers. */
export const addressRules: RulesOf = (language) => {
  const { words } = language;
  return [
    {
      pattern: new RegExp(`(?:mailto:)?(?<user>[\\p{L}\\p{N}][\\p{L}\\p{N}._%+-]*)@(?<host>${HOST})`, 'giu'),
      say: ({ groups }) =>
        `${spell(groups.user ?? '', language)} ${words.at} ${sayHost(groups.host ?? '', language)}`,
    },
    {
      pattern:
        /(?:https?|wss?|ftp):\/\/(?:[^\s/@]*@)?(?<host>[^\s/?#:]+)(?::(?<port>\d+))?(?<path>\/[^\s?#]*)?[^\s]*?(?<stop>[.,;:!?)\]"'”’]*)(?=\s|$)/giu,
      say: ({ groups }) => sayWebAddress(groups, language) + (groups.stop ?? ''),
    },
    {
      pattern: new RegExp(
        `${STARTS}(?<host>www\\.${HOST}|(?:[\\p{L}\\p{N}][\\p{L}\\p{N}-]*\\.)+(?:${anyOf(TOP_LEVELS)}))${ENDS}(?![@.]\\p{L})(?<path>/[\\p{L}\\p{N}/_.~%-]*[\\p{L}\\p{N}/])?(?:\\?[^\\s]*[\\p{L}\\p{N}])?`,
        'giu',
      ),
      say: ({ groups, text }) =>
        /[\p{Ll}\p{N}]\.\p{Lu}\p{Ll}/u.test(text) ? null : sayWebAddress(groups, language),
    },
    // A phone number: with a country, with an area in brackets, or in the groups that are usual.
    {
      pattern:
        /(?<![\p{L}\p{N}.,])(?:\+\d{7,15}|(?:\+|00)\d{1,3}(?:[\s./-]?\(\d{1,5}\)[\s./-]?\d{1,8})?(?:[\s./-]\d{1,8}){1,6}|(?:1[\s.-])?\(\d{2,5}\)\s?\d{2,4}(?:[\s./-]?\d{2,5}){1,3}|(?:1[\s.-])?\d{3}[.-]\d{3}[.-]\d{4}|\d{3}-\d{4}|0\d{1,4}(?:[\s./-]\d{2,8}){1,4}|\d{3} \d{3} \d{4})(?![\p{L}\p{N}]|[.,:]\d)/gu,
      say: ({ text }) => {
        const groups = text.match(/\d+/g) ?? [];
        if (groups.join('').length < 7) return null;
        const said = groups.map((group) => sayDigits(group, language)).join(', ');
        return text.startsWith('+') ? `${words.plus} ${said}` : said;
      },
    },
    // A number that ends in a word.
    {
      pattern: /(?<![\p{L}\p{N}-])(?:1-)?\d{3}-(?=[A-Z]{3,})/gu,
      say: ({ text }) =>
        `${(text.match(/\d+/g) ?? []).map((group) => sayDigits(group, language)).join(', ')}, `,
    },
    // A file.
    {
      pattern: new RegExp(`(?<=[\\p{L}\\p{N}_-])\\.(?=(?:${anyOf(FILE_ENDINGS)})${ENDS}(?!\\.\\p{L}))`, 'gu'),
      say: () => ` ${words.dot} `,
    },
  ];
};

function sayWebAddress(
  groups: Readonly<Record<string, string | undefined>>,
  language: SpokenLanguage,
): string {
  const host = sayHost((groups.host ?? '').replace(/^www\./i, ''), language);
  const port = groups.port === undefined ? '' : `, ${sayDigits(groups.port, language)}`;
  const path = (groups.path ?? '').replace(/\/+$/, '');
  if (path === '' || path.length > LONGEST_PATH_CHARS || /%|=/.test(path)) return host + port;
  const parts = path.split('/').filter((part) => part !== '');
  return [host + port, ...parts.map((part) => spell(part, language))].join(` ${language.words.slash} `);
}

/** "example dot com"; a country's two letters are said as letters. */
function sayHost(host: string, language: SpokenLanguage): string {
  const labels = host.replace(/[^\p{L}\p{N}.-]/gu, '').split('.');
  return labels
    .filter((label) => label !== '')
    .map((label, index) => {
      const isLetters =
        index > 0 && index === labels.length - 1 && label.length === 2 && !['co', 'me'].includes(label);
      return isLetters ? [...label.toUpperCase()].join(' ') : spell(label, language);
    })
    .join(` ${language.words.dot} `);
}

/** A name of an address, its marks said and its digits one by one. */
function spell(name: string, language: SpokenLanguage): string {
  const { words } = language;
  return name
    .replace(/%[0-9a-f]{2}/gi, ' ')
    .replace(/\d+/g, (digits) => ` ${sayDigits(digits, language)} `)
    .replace(/\./g, ` ${words.dot} `)
    .replace(/-/g, ` ${words.dash} `)
    .replace(/_/g, ` ${words.underscore} `)
    .replace(/\+/g, ` ${words.plus} `)
    .replace(/[^\p{L}\p{M}\s]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
