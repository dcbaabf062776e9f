import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { allCommands } from '../../../src/registry.ts';
import { formOf } from '../../../src/slack/registry.ts';
import { eventScopes, methodScopes, requiredScopes, slashCommand } from '../../../src/slack/scopes.ts';

const root = resolve(import.meta.dirname, '../../..');
const manifest = parse(readFileSync(join(root, 'manifest.yml'), 'utf8'));
const sources = readdirSync(join(root, 'src/slack'))
  .filter((file) => file !== 'scopes.ts')
  .map((file) => readFileSync(join(root, 'src/slack', file), 'utf8'))
  .join('\n');

describe('manifest.yml', () => {
  it('asks for the scopes the code needs and no others', () => {
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual(requiredScopes());
  });

  it('has the slash command that the router listens to', () => {
    expect(manifest.features.slash_commands.map(({ command }: { command: string }) => command)).toEqual([slashCommand]);
    expect(manifest.features.slash_commands[0].usage_hint).toBeTruthy();
  });

  it('subscribes to the events that the code listens to', () => {
    const heard = [...sources.matchAll(/app\.event\('([a-z_]+)'/g)].map(([, event]) => event);
    expect(heard.sort()).toEqual(Object.keys(eventScopes).sort());
    expect([...manifest.settings.event_subscriptions.bot_events].sort()).toEqual(Object.keys(eventScopes).sort());
  });

  it("turns App Home on, and the tab of the bot's direct messages, where nobody writes", () => {
    expect(sources).toContain("app.event('app_home_opened'");
    expect(manifest.features.app_home).toMatchObject({
      ...{ home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
    });
  });

  it('has the shortcuts that the commands declare, by the same names', async () => {
    const { shared } = await allCommands();
    const declared = shared.flatMap(({ name, shortcuts = {} }) =>
      Object.entries(shortcuts).map(([word, { label, summary, kind }]) => ({
        ...{ name: label, type: kind, callback_id: `${name}.${word}`, description: summary },
      })),
    );
    expect(declared.length).toBeGreaterThan(0);
    for (const { name, description } of declared) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
    }
    expect(manifest.features.shortcuts).toEqual(declared);
    for (const command of shared)
      for (const shortcut of Object.values(command.shortcuts ?? {}))
        if ('form' in shortcut) expect(formOf(command, shortcut.form)).toBeDefined();
    for (const { title, button } of shared.flatMap(({ forms = {} }) => Object.values(forms)))
      expect(Math.max(title.length, button.length)).toBeLessThanOrEqual(24);
    expect(sources).toContain('app.shortcut');
  });

  it('turns on what the code uses', () => {
    expect(sources).toContain('app.action');
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(manifest.features.bot_user.display_name).toBe('rounds');
  });
});

describe('scopes.ts', () => {
  it('lists every Web API method that the code calls, and none that it does not', () => {
    const called = [
      ...sources.matchAll(/'((?:chat|conversations|files|views|auth|users|usergroups)\.[A-Za-z.]+)'/g),
    ].map(([, name]) => name);
    const throughClient = [...sources.matchAll(/client\.((?:auth|chat|conversations|views|users)\.[a-zA-Z]+)\(/g)];
    const all = [...new Set([...called, ...throughClient.map(([, name]) => name)])].sort();
    expect(all).toEqual(Object.keys(methodScopes).sort());
  });
});
