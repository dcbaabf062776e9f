/**
 * Lets items that come while a write is under way wait for it and then go in one write: a busy queue settles many jobs a
 * statement, a quiet one each at once. `write` answers per item; when it rejects, each of its items does.
 */
export function together<Item, Answer>(write: (items: Item[]) => Promise<Answer[]>): (item: Item) => Promise<Answer> {
  let waiting: { item: Item; answer: PromiseWithResolvers<Answer> }[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    writing = true;
    // What ends in the same turn goes along.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const answers = await write(batch.map(({ item }) => item));
        for (const [index, { answer }] of batch.entries()) answer.resolve(answers[index]!);
      } catch (error) {
        for (const { answer } of batch) answer.reject(error);
      }
    }
    writing = false;
  }

  return (item) => {
    const answer = Promise.withResolvers<Answer>();
    waiting.push({ item, answer });
    if (!writing) void drain();
    return answer.promise;
  };
}
