import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readAnswer,
  readBatch,
  readStartup,
  rollbackMessages,
  startupPacket,
} from '../../../src/store/embedded/wire.ts';

function message(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

function special(code: number): Buffer {
  const packet = Buffer.alloc(8);
  packet.writeInt32BE(8, 0);
  packet.writeInt32BE(code, 4);
  return packet;
}

describe('what a client sends', () => {
  test('starts with a startup packet, or asks for encryption or a cancel', () => {
    const packet = startupPacket('anna', 'ops');
    expect(readStartup(packet)).toEqual({ kind: 'startup', end: packet.length });
    expect(readStartup(packet.subarray(0, 5))).toEqual({ kind: 'incomplete' });
    expect(readStartup(packet.subarray(0, -1))).toEqual({ kind: 'incomplete' });
    expect(readStartup(special(80877103))).toEqual({ kind: 'encryption', end: 8 });
    expect(readStartup(special(80877104))).toEqual({ kind: 'encryption', end: 8 });
    expect(readStartup(special(80877102))).toEqual({ kind: 'cancel', end: 8 });
  });

  test('is cut behind the message that a server answers', () => {
    const extended = Buffer.concat([message('P', Buffer.from('x')), message('B'), message('E'), message('S')]);
    expect(readBatch(Buffer.concat([extended, message('Q', Buffer.from('y'))]))).toEqual({
      kind: 'batch',
      end: extended.length,
    });
    expect(readBatch(message('X'))).toEqual({ kind: 'terminate', end: 5 });
    expect(readBatch(Buffer.concat([message('P'), message('B')]))).toEqual({ kind: 'incomplete' });
  });

  test('is refused when it is no PostgreSQL client', () => {
    const negative = Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff]);
    expect(() => readStartup(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow('something else');
    expect(() => readStartup(Buffer.alloc(8))).toThrow('something else');
    expect(() => readBatch(negative)).toThrow('something else');
  });

  test('is the same batches however the bytes arrive', () => {
    const messages = fc.array(
      fc.tuple(fc.constantFrom('Q', 'P', 'B', 'D', 'E', 'S', 'H'), fc.uint8Array({ maxLength: 40 })),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 30 }), (list, size) => {
        const bytes = Buffer.concat(list.map(([type, body]) => message(type, Buffer.from(body))));
        expect(batches(bytes, size)).toEqual(batches(bytes, bytes.length + 1));
      }),
    );
  });
});

/** The batches of a stream that arrives in pieces of `size` bytes. */
function batches(bytes: Buffer, size: number): string[] {
  const found: string[] = [];
  let input = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at += size) {
    input = Buffer.concat([input, bytes.subarray(at, at + size)]);
    for (let front = readBatch(input); front.kind === 'batch'; front = readBatch(input)) {
      found.push(input.subarray(0, front.end).toString('hex'));
      input = input.subarray(front.end);
    }
  }
  return found;
}

describe('what the database answers', () => {
  test('ends with the transaction status; notifications are found inside', () => {
    const notification = message('A', Buffer.from('pid, channel, payload'));
    const answer = Buffer.concat([message('C'), notification, message('Z', Buffer.from('T'))]);
    expect(readAnswer(answer)).toEqual({ status: 'T', notifications: [notification] });
    expect(readAnswer(message('1')).status).toBeUndefined();
  });

  test('to several queries has the status of the last', () => {
    const ready = (status: string): Buffer => message('Z', Buffer.from(status));
    expect(readAnswer(Buffer.concat([ready('T'), ready('I')])).status).toBe('I');
  });
});

test('a rollback ends an extended query first', () => {
  const front = readBatch(rollbackMessages());
  expect(front).toEqual({ kind: 'batch', end: 5 });
  expect(rollbackMessages().subarray(5).toString('latin1')).toBe('Q\0\0\0\rrollback\0');
});
