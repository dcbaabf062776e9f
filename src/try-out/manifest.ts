import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../registry.ts';

const manifest = z.object({
  features: z.object({
    slash_commands: z.array(z.object({ command: z.string() })),
    shortcuts: z
      .array(z.object({ name: z.string(), callback_id: z.string(), type: z.enum(['global', 'message']) }))
      .default([]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});

/** What the app asks for, as manifest.yml says it to Slack: the local workspace grants this and nothing else. */
export async function readManifest() {
  const { features, oauth_config, settings } = manifest.parse(
    parse(await readFile(join(root, 'manifest.yml'), 'utf8')),
  );
  return {
    commands: features.slash_commands.map(({ command }) => command),
    shortcuts: features.shortcuts.map(({ name, callback_id, type }) => ({
      callbackId: callback_id,
      label: name,
      kind: type,
    })),
    scopes: oauth_config.scopes.bot,
    eventTypes: settings.event_subscriptions.bot_events,
  };
}
