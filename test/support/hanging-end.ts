import { endOnSignals } from '../../src/ending.ts';

// A process whose end hangs: `node hanging-end.ts DEADLINE_MS REPEAT_MS`. It says when it listens and when it is told to end.
const [deadlineMs, repeatMs] = process.argv.slice(2).map(Number);
const ending = endOnSignals({ deadlineMs, repeatMs, onDeadline: () => process.stdout.write('deadline\n') });
setInterval(() => {}, 60_000);
process.stdout.write('listening\n');
process.stdout.write(`${await ending.told}\n`);
