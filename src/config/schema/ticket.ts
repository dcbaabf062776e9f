import { z } from 'zod';
import { type Secret, secretRef } from '../../kernel/secret.ts';
import type { TicketSettings } from '../model.ts';

const kinds = ['github', 'jira', 'linear'] as const;
const needed = {
  github: { repo: 'owner/name' },
  jira: { url: 'https://example.atlassian.net', email: 'ops@example.com', project: 'OPS' },
  linear: { team: "the team's id" },
} as const;

const urlHelp = 'an address such as https://example.atlassian.net: https, no user, no query';
/** A token goes there: in plain sight only to this machine, as for a stand-in. */
const api = z.string({ error: urlHelp }).refine(isApi, urlHelp);

function isApi(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return false;
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
  );
}

const repoHelp = 'owner/name';
const projectHelp = 'the key of a project, such as OPS';

export const ticketSection = z
  .strictObject({
    kind: z.enum(kinds, 'github, jira or linear').describe('whose HTTP API; any other tracker by `/ops ticket URL`'),
    token: secretRef.describe('GitHub: *Issues: read and write*; Jira: an API token; Linear: an API key'),
    auto: z
      .boolean('true or false')
      .default(false)
      .describe('incidents to be answered within the hour get a ticket 15 min after their declaration'),
    url: api.optional().describe("of the API; required for Jira, default GitHub's and Linear's own"),
    repo: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/, repoHelp)
      .optional()
      .describe('GitHub: `owner/name`'),
    email: z.email('the e-mail address of the account').optional().describe("Jira: the account's"),
    project: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]+$/, projectHelp)
      .optional()
      .describe('Jira: its key'),
    issue_type: z.string().trim().min(1).max(60).default('Task').describe('Jira'),
    team: z.uuid("the team's id, a UUID").optional().describe("Linear: the team's id"),
  })
  .superRefine((section, context) => {
    for (const [name, example] of Object.entries(needed[section.kind])) {
      if (section[name as 'url'] !== undefined) continue;
      context.addIssue({ code: 'custom', path: [name], message: `${example}: ${section.kind} needs it` });
    }
  });

const bridgeHelp = 'an address that begins with https://, without a password';

export const bridgeSection = z.strictObject({
  url: z
    .url(bridgeHelp)
    .refine((text) => text.startsWith('https://') && URL.parse(text)?.password === '', bridgeHelp)
    .describe('of every incident, until `/ops bridge URL` sets another'),
});

/** As the rest of the code knows it; the schema has checked what its kind needs. */
export function ticketOf(section: z.output<typeof ticketSection>): TicketSettings {
  const { kind, auto, repo = '', email = '', project = '', issue_type: issueType, team = '' } = section;
  const token: Secret = section.token;
  const url = (section.url ?? defaults[kind]).replace(/\/+$/, '');
  if (kind === 'github') return { kind, token, auto, url, repo };
  return kind === 'jira' ? { kind, token, auto, url, email, project, issueType } : { kind, token, auto, url, team };
}

const defaults = { github: 'https://api.github.com', jira: '', linear: 'https://api.linear.app/graphql' };
