import pLimit, { type LimitFunction } from 'p-limit';
import { type Batch, Unmeasured } from '../kernel/check.ts';

const quietMs = 3;
const longestWaitMs = 20;
/** Calls at the same time for one key: one vendor, one region, one API. */
const callsPerKey = 4;

type Ask = (questions: never[], signal: AbortSignal) => Promise<(unknown | Error)[]>;

interface Question {
  question: unknown;
  signal: AbortSignal;
  resolve: (answer: never) => void;
  reject: (error: unknown) => void;
}

/** The questions of one key that wait for their call. */
interface Gathering {
  questions: Question[];
  max: number;
  ask: Ask;
  limit: LimitFunction;
  timer: NodeJS.Timeout | undefined;
  since: number;
}

export interface SweepBatch {
  /**
   * The batch for one attempt of a probe: when `signal` ends, its question is dropped, and a call that nobody waits
   * for any more is aborted. `onWait` is called when the probe begins to wait for others.
   */
  forAttempt(signal: AbortSignal, onWait: () => void): Batch;
}

/** Gathers the questions of a sweep's probes: a call leaves when `max` are there or no new one came for 3 ms. */
export function createBatch(): SweepBatch {
  const gatherings = new Map<string, Gathering>();

  function gather(key: string, options: { max: number; ask: Ask }, question: Question): void {
    let gathering = gatherings.get(key);
    if (!gathering) {
      const limit = pLimit(callsPerKey);
      gathering = { questions: [], max: options.max, ask: options.ask, limit, timer: undefined, since: 0 };
      gatherings.set(key, gathering);
    }
    const { questions } = gathering;
    if (questions.length === 0) gathering.since = performance.now();
    questions.push(question);
    if (questions.length >= gathering.max) send(gathering);
    else arm(gathering);
  }

  return {
    forAttempt: (signal, onWait) => ({
      load: <Q, A>(
        key: string,
        question: Q,
        options: { max: number; ask(questions: Q[], signal: AbortSignal): Promise<(A | Error)[]> },
      ) =>
        new Promise<A>((resolve, reject) => {
          if (signal.aborted) return reject(signal.reason);
          onWait();
          gather(key, options, { question, signal, resolve, reject });
        }),
    }),
  };
}

function arm(gathering: Gathering): void {
  const waited = performance.now() - gathering.since;
  if (gathering.timer && waited > longestWaitMs - quietMs) return;
  clearTimeout(gathering.timer);
  gathering.timer = setTimeout(() => send(gathering), quietMs);
}

function send(gathering: Gathering): void {
  clearTimeout(gathering.timer);
  gathering.timer = undefined;
  const { questions, ask, limit } = gathering;
  gathering.questions = [];
  void limit(() => call(questions, ask));
}

/** Never rejects: every outcome goes to the questions. */
async function call(all: Question[], ask: Ask): Promise<void> {
  const questions = all.filter((one) => !one.signal.aborted);
  for (const one of all) if (one.signal.aborted) one.reject(one.signal.reason);
  if (questions.length === 0) return;
  const nobodyWaits = new AbortController();
  let waiting = questions.length;
  for (const one of questions) {
    const leave = () => {
      one.reject(one.signal.reason);
      waiting -= 1;
      if (waiting === 0) nobodyWaits.abort(one.signal.reason);
    };
    one.signal.addEventListener('abort', leave, { once: true });
  }
  try {
    const answers = await ask(questions.map((one) => one.question) as never[], nobodyWaits.signal);
    for (const [index, one] of questions.entries()) {
      const answer = answers[index];
      if (answer instanceof Error) one.reject(answer);
      else if (index < answers.length) one.resolve(answer as never);
      else one.reject(new Unmeasured('invalid_answer', 'the batch call answered fewer questions than were asked'));
    }
  } catch (error) {
    for (const one of questions) one.reject(error);
  }
}
