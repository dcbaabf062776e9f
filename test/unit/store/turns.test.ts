import { describe, expect, test } from 'vitest';
import { Turns } from '../../../src/store/embedded/turns.ts';

const never = 2 ** 31 - 1;
const open = (patienceMs = never): Turns<string> => new Turns(patienceMs, () => new Error('too long'));

describe('turns', () => {
  test('go to one holder at a time, first come first served', async () => {
    const turns = open();
    const order: string[] = [];
    const take = (name: string): Promise<void> => turns.take(name).then(() => void order.push(name));
    const all = ['a', 'b', 'c'].map(take);
    await all[0];
    expect(order).toEqual(['a']);
    turns.give('a');
    await all[1];
    turns.give('b');
    await all[2];
    expect(order).toEqual(['a', 'b', 'c']);
  });

  test('are had at once by who has one already', async () => {
    const turns = open();
    await turns.take('a');
    await turns.take('a');
    expect(turns.holds('a')).toBe(true);
  });

  test('can not be given away by who has none', async () => {
    const turns = open();
    await turns.take('a');
    turns.give('b');
    expect(turns.holds('a')).toBe(true);
  });

  test('are refused to who waited too long, and the next in line still gets one', async () => {
    const impatient = open(1);
    await impatient.take('a');
    await expect(impatient.take('b')).rejects.toThrow('too long');
    impatient.give('a');
    await impatient.take('c');
    expect(impatient.holds('c')).toBe(true);
  });

  test('skip who left the line', async () => {
    const turns = open();
    await turns.take('a');
    const left = turns.take('b');
    const next = turns.take('c');
    turns.refuse('b', new Error('left'));
    await expect(left).rejects.toThrow('left');
    turns.give('a');
    await next;
    expect(turns.holds('c')).toBe(true);
  });
});
