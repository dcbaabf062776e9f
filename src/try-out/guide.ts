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
    title: 'Read the morning report',
    help: 'Press Jump to 09:00 at the clock: it comes to #ops-daily by itself. Break something and jump again: it says what is new.',
    act: { kind: 'look', channel: 'ops-daily' },
  },
  {
    title: 'Declare an incident',
    help: "The phone rings at once. Acknowledge on it: the incident's message in #incidents says who is on it. (A red check has the button, too.)",
    act: { kind: 'type', line: '/ops incident declare critical API is down' },
  },
  {
    title: 'Tell how it stands',
    help: 'It has a channel of its own now, #inc-…: go there. Whoever must be told when, and who commands it, is asked for there.',
    act: { kind: 'type', line: '/ops update we restart the API' },
  },
  {
    title: 'Give somebody a task',
    help: 'It is chased when it is due; so is the next update.',
    act: { kind: 'type', line: '/ops task restart the API @ben 30m' },
  },
  {
    title: 'Read what happened',
    help: 'Everything is in it by itself. React to a message with 📌 and it is kept there.',
    act: { kind: 'type', line: '/ops timeline' },
  },
  {
    title: 'End the incident',
    help: 'What caused it, what helped: the notice and the post-mortem are written from that.',
    act: { kind: 'type', line: '/ops incident resolve' },
  },
  {
    title: 'Get a post-mortem that is half written',
    help: "Type it in the incident's channel: the draft comes there as a file.",
    act: { kind: 'type', line: '/ops postmortem' },
  },
  {
    title: "Don't answer, and watch it climb",
    help: 'Declare it, leave the phone alone and let the clock run at × 60: Slack at once, an e-mail after 5 minutes, a text message after 10, a call to the backup after 15. Acknowledge, and it ends.',
    act: { kind: 'climb', line: '/ops incident declare unanswered API is down' },
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
