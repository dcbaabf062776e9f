import type { GuideStep } from '../workspace/page/contract.ts';

/** What a newcomer may try, in this order; the page ticks off what was done. */
export const guide: GuideStep[] = [
  {
    title: 'Ask how the systems are',
    help: 'All checks are measured now; the answer comes in place.',
    act: { kind: 'type', line: '/ops health' },
  },
  {
    title: "Break the clinic's API",
    help: 'The demo clinic runs beside the bot. Nothing else is touched.',
    act: { kind: 'switch', id: 'api', on: true },
  },
  {
    title: 'See why it is red',
    help: 'Worst first: what, since when, whose it is, and what to do next.',
    act: { kind: 'type', line: '/ops health' },
  },
  {
    title: 'Look at one check',
    help: 'Press Details at the red row, then open the replies below: facts, last 24 hours, changes.',
    act: { kind: 'press', actionIds: ['health.details'] },
  },
  {
    title: 'Let the alert come',
    help: 'It comes to #alerts by itself after two regular runs: within two minutes, or at × 60 within seconds.',
    act: { kind: 'look', channel: 'alerts' },
  },
  {
    title: 'Mute it while you work on it',
    help: 'The alert has the buttons: the check is still measured, nobody is told.',
    act: { kind: 'press', actionIds: ['health.mute1h', 'health.mute4h'] },
  },
  {
    title: 'Repair the API',
    help: 'Then unmute the alert: it is edited when it is over, and nothing red stays behind.',
    act: { kind: 'switch', id: 'api', on: false },
  },
  {
    title: 'Declare an incident',
    help: "The phone rings at once. Acknowledge on it: the incident's message in #incidents says who is on it.",
    act: { kind: 'type', line: '/ops incident declare critical API is down' },
  },
  {
    title: 'Open the home of Rounds',
    help: 'The board, and what of it is yours.',
    act: { kind: 'open', what: 'home' },
  },
  {
    title: 'Look behind the scenes',
    help: 'Each call of the bot, with its payload and its answer.',
    act: { kind: 'open', what: 'traffic' },
  },
];
