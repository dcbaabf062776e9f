import { describe, expect, it } from 'vitest';
import { plainText, splitWords, wordsOfMention } from '../../../src/slack/words.ts';

describe('splitWords', () => {
  it.each([
    ['health api', ['health', 'api']],
    ['  health   "main db"  x', ['health', 'main db', 'x']],
    ['health “main db”', ['health', 'main db']],
    ["say 'a b' ''", ['say', 'a b', '']],
    ['open "never closed', ['open', 'never closed']],
    ["it's fine", ["it's", 'fine']],
    ['', []],
  ])('%s', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
});

describe('plainText', () => {
  it.each([
    ['a &lt;b&gt; &amp;amp;', 'a <b> &amp;'],
    ['see <http://api.example|api.example>', 'see api.example'],
    ['see <https://api.example/x>', 'see https://api.example/x'],
    ['mail <mailto:a@b.example|a@b.example>', 'mail a@b.example'],
  ])('%s', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });
});

describe('wordsOfMention', () => {
  it.each([
    ['<@UBOT> health api', ['health', 'api']],
    ['hey <@UBOT|rounds> health', ['health']],
    ['<@UBOT>', []],
    ['<@UBOT> ask <@UBOT>', ['ask', '<@UBOT>']],
  ])('%s', (text, words) => {
    expect(wordsOfMention(text, 'UBOT')).toEqual(words);
  });
});
