import type { App, Receiver } from '@slack/bolt';

/** The same receiver; `onAck` hears how long each delivery waited for its acknowledgement, ms. */
export function timingAcks(receiver: Receiver, onAck: (ms: number) => void): Receiver {
  return {
    init: (app: App) => {
      const timed: Pick<App, 'processEvent'> = {
        processEvent: (event) => {
          const begunMs = performance.now();
          const ack: typeof event.ack = async (answer) => {
            await event.ack(answer);
            onAck(performance.now() - begunMs);
          };
          return app.processEvent({ ...event, ack });
        },
      };
      // A receiver calls nothing else of the app.
      receiver.init(Object.assign(Object.create(app), timed));
    },
    start: (...args) => receiver.start(...args),
    stop: (...args) => receiver.stop(...args),
  };
}
