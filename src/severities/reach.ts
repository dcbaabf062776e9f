import type { ConfigProblem, Contact } from '../config/model.ts';
import { listWithGuess } from '../config/suggest.ts';
import type { Level, Severities, Severity } from './model.ts';

/** Levels that name a contact which ops.yml doesn't have; `on-call` is always there: PagerDuty's. */
export function unknownContacts({ all, folder }: Severities, contacts: ReadonlyMap<string, Contact>): ConfigProblem[] {
  const known = [...new Set(['on-call', ...contacts.keys()])];
  return all.flatMap((severity) =>
    levelsOf(severity).flatMap(({ to }, at) =>
      to
        .filter(({ kind, name }) => kind === 'contact' && !known.includes(name))
        .map(({ name }) => ({
          ...{ file: `${folder}/${severity.id}.yml`, path: `escalation.levels[${at}].to` },
          found: `"${name}", whom contacts of ops.yml doesn't name`,
          allowed: listWithGuess(name, known),
        })),
    ),
  );
}

/** Ways that severities name and that nothing is set up for, a line each. Pure. */
export function missingWays(
  { all }: Severities,
  { contacts, smtp, telephone }: { contacts: ReadonlyMap<string, Contact>; smtp: boolean; telephone: boolean },
): string[] {
  return all.flatMap((severity) => {
    const { id, page } = severity;
    const lines: string[] = [];
    const hours = page.hours === 'email' ? (page.offHours === 'email' ? 'at any hour' : 'in hours') : 'off hours';
    if (!smtp && [page.hours, page.offHours].includes('email'))
      lines.push(`${id} tells by e-mail ${hours}, and SMTP_URL is not set: NOT TOLD will be said instead`);
    levelsOf(severity).forEach((level, at) => {
      const which = `level ${at + 1} of ${id}`;
      if (level.way === 'email' && !smtp) lines.push(`${which} sends e-mails, and SMTP_URL is not set`);
      else if ((level.way === 'sms' || level.way === 'phone') && !telephone)
        lines.push(`${which} ${verbs[level.way]}, and TWILIO_ACCOUNT_SID is not set`);
      else
        lines.push(
          ...addressless(level, contacts).map(
            (name) => `${which} ${verbs[level.way]} ${name}, who has no ${nouns[level.way]} in contacts`,
          ),
        );
    });
    return lines;
  });
}

const verbs: Record<Level['way'], string> = {
  slack: 'tells',
  email: 'e-mails',
  sms: 'texts',
  phone: 'calls',
  page: 'pages',
};
const nouns: Record<Level['way'], string> = { slack: '', email: 'e-mail', sms: 'phone', phone: 'phone', page: '' };

function addressless({ way, to }: Level, contacts: ReadonlyMap<string, Contact>): string[] {
  if (way === 'slack' || way === 'page') return [];
  return to.flatMap(({ kind, name }) => {
    const contact =
      kind === 'contact'
        ? contacts.get(name)
        : [...contacts.values()].find(({ slack }) => kind === 'member' && slack === name);
    if (kind !== 'contact' && kind !== 'member') return [];
    if (name === 'on-call' || contact?.pagerduty) return [];
    return (way === 'email' ? contact?.email : contact?.phone) === undefined ? [name] : [];
  });
}

function levelsOf({ escalation }: Severity): Level[] {
  return escalation.by === 'rounds' ? escalation.levels : [];
}
