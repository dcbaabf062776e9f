import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { atFileEnd } from './leftovers.ts';
import { listenOn } from './listen.ts';

export type Data =
  | { type: 'A' | 'AAAA' | 'CNAME' | 'NS' | 'TXT'; value: string }
  | { type: 'MX'; priority: number; value: string }
  | { type: 'SRV'; priority: number; weight: number; port: number; value: string }
  | { type: 'CAA'; flags: number; tag: string; value: string };
export type DnsRecord = Data & { ttl?: number };

/** How it answers about a name: records, a code of RFC 1035, or a misbehaviour. */
export type Manner =
  | DnsRecord[]
  | 'NXDOMAIN'
  | 'SERVFAIL'
  | 'REFUSED'
  | 'FORMERR'
  | 'NOTIMP'
  | 'silent'
  | 'garbage'
  | 'another id'
  | 'another name'
  | 'cut off';

const codes: Record<string, number> = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };
const numbers = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, SRV: 33, CAA: 257 };

/** A name server on 127.0.0.1 over UDP and TCP. `zone`: what it says about `name TYPE`; anything else is NXDOMAIN. */
export async function dnsServer(zone: Record<string, Manner>) {
  const asked: string[] = [];
  const udp = createSocket('udp4');
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)));
    socket.once('data', (bytes) => {
      const answer = answerTo(bytes.subarray(2));
      if (answer) socket.end(Buffer.concat([number16(answer.length), answer]));
    });
  });
  udp.on('message', (question, from) => {
    const answer = answerTo(question);
    if (answer) udp.send(answer.length > 512 ? cutOff(answer) : answer, from.port, from.address);
  });
  const port = await listenOn(tcp);
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all([
      new Promise((closed) => udp.close(() => closed(undefined))),
      new Promise((closed) => tcp.close(closed)),
    ]);
  };
  let open = true;
  const closeOnce = async () => {
    if (open) await close();
    open = false;
  };
  atFileEnd(closeOnce);

  function answerTo(question: Buffer): Buffer | undefined {
    const { name, type, end } = questionOf(question);
    asked.push(`${name} ${type}`);
    const manner = zone[`${name} ${type}`] ?? 'NXDOMAIN';
    if (manner === 'silent') return undefined;
    if (manner === 'garbage')
      return Buffer.concat([question.subarray(0, 2), Buffer.from([0x81, 0x80, 0, 1, 0, 9, 0xff])]);
    const records = Array.isArray(manner)
      ? manner
      : typeof manner === 'string' && manner.startsWith('another')
        ? fake
        : [];
    const header = Buffer.from(question.subarray(0, 12));
    if (manner === 'another id') header.writeUInt16BE((header.readUInt16BE(0) + 1) & 0xffff, 0);
    header[2] = 0x85;
    header[3] = 0x80 | (typeof manner === 'string' ? (codes[manner] ?? 0) : 0);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    const echoed = manner === 'another name' ? asQuestion('evil.example', type) : question.subarray(12, end);
    const whole = Buffer.concat([header, echoed, ...records.map((record) => encoded(name, record))]);
    return manner === 'cut off' ? whole.subarray(0, 14) : whole;
  }

  return { server: `127.0.0.1:${port}`, asked, close: closeOnce };
}

const fake: DnsRecord[] = [{ type: 'A', value: '203.0.113.66' }];

function questionOf(message: Buffer): { name: string; type: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  while (message[at]) {
    const length = message[at] ?? 0;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const number = message.readUInt16BE(at + 1);
  const type = Object.entries(numbers).find(([, known]) => known === number)?.[0] ?? String(number);
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 };
}

function asQuestion(name: string, type: string): Buffer {
  return Buffer.concat([labelled(name), number16(numbers[type as keyof typeof numbers]), number16(1)]);
}

/** Too long for UDP: the header says that there is more, and to ask over TCP. */
function cutOff(answer: Buffer): Buffer {
  const header = Buffer.from(answer.subarray(0, questionOf(answer).end));
  header[2] = (header[2] ?? 0) | 0x02;
  header.writeUInt16BE(0, 6);
  return header;
}

/** A record of a name; that of a CNAME's target belongs to the target, the last name before it. */
function encoded(name: string, record: DnsRecord): Buffer {
  const data = dataOf(record);
  const ttl = Buffer.alloc(4);
  ttl.writeUInt32BE(record.ttl ?? 300);
  return Buffer.concat([labelled(name), number16(numbers[record.type]), number16(1), ttl, number16(data.length), data]);
}

function dataOf(record: DnsRecord): Buffer {
  switch (record.type) {
    case 'A':
      return Buffer.from(record.value.split('.').map(Number));
    case 'AAAA':
      return Buffer.concat(record.value.split(':').map((group) => number16(Number.parseInt(group, 16))));
    case 'TXT':
      return Buffer.concat((record.value.match(/.{1,255}/gs) ?? ['']).map(counted));
    case 'MX':
      return Buffer.concat([number16(record.priority), labelled(record.value)]);
    case 'SRV':
      return Buffer.concat([record.priority, record.weight, record.port].map(number16).concat(labelled(record.value)));
    case 'CAA':
      return Buffer.concat([Buffer.from([record.flags]), counted(record.tag), Buffer.from(record.value)]);
    default:
      return labelled(record.value);
  }
}

function labelled(name: string): Buffer {
  return Buffer.concat([...name.split('.').filter(Boolean).map(counted), Buffer.from([0])]);
}

function counted(text: string): Buffer {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
}

function number16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
