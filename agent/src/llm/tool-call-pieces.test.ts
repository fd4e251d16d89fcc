import { describe, expect, it } from 'vitest';
import { createToolCallPieces, type ToolCallPiece } from './tool-call-pieces.ts';

function join(...pieces: readonly ToolCallPiece[]) {
  const joined = createToolCallPieces({ answerId: () => 'chatcmpl-1' });
  for (const piece of pieces) joined.add(piece);
  return joined.calls().map(({ id, name, argumentsJson }) => `${id} ${name} ${argumentsJson}`);
}

const BOOK = { name: 'book', arguments: '{"people":2}' };
const WEATHER = { name: 'weather', arguments: '{}' };

describe('pieces of tool calls', () => {
  it('are joined by index, as OpenAI sends them, however they mix', () => {
    expect(
      join(
        { index: 0, id: 'call_1', function: { name: 'book', arguments: '' } },
        { index: 0, function: { arguments: '{"people"' } },
        { index: 1, id: 'call_2', function: { name: 'weather', arguments: '{' } },
        { index: 0, function: { arguments: ':2}' } },
        { index: 1, function: { arguments: '}' } },
      ),
    ).toEqual(['call_1 book {"people":2}', 'call_2 weather {}']);
  });

  it('are whole calls without an index or id, as Gemini sends them', () => {
    expect(join({ id: '', function: BOOK }, { id: '', function: WEATHER })).toEqual([
      'chatcmpl-1-0 book {"people":2}',
      'chatcmpl-1-1 weather {}',
    ]);
    expect(join({ function: BOOK }, { function: BOOK })).toHaveLength(2);
  });

  it('are other calls with another id, though all have index 0', () => {
    expect(join({ index: 0, id: 'a', function: BOOK }, { index: 0, id: 'b', function: BOOK })).toEqual([
      'a book {"people":2}',
      'b book {"people":2}',
    ]);
  });

  it('may be split without an index', () => {
    expect(
      join(
        { id: 'a', function: { name: 'book', arguments: '{"people"' } },
        { function: { arguments: ':2}' } },
      ),
    ).toEqual(['a book {"people":2}']);
  });

  it('may repeat id and name', () => {
    expect(
      join(
        { index: 0, id: 'a', function: { name: 'book', arguments: '{' } },
        { index: 0, id: 'a', function: { name: 'book', arguments: '}' } },
      ),
    ).toEqual(['a book {}']);
  });

  it('without arguments are an empty object', () => {
    expect(join({ index: 0, id: 'a', function: { name: 'end_call' } })).toEqual(['a end_call {}']);
  });
});
