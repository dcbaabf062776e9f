import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckType } from './kernel/check.ts';
import type { Command, TerminalCommand } from './kernel/command.ts';
import { discover } from './kernel/discover.ts';
import type { HomeSection } from './kernel/home.ts';
import type { ReportSection } from './reports/section.ts';
import type { Services } from './services.ts';

/** The project's own folder: commands, templates and checks are found below it. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** All check types, by the files of `src/checks/`. */
export function checkTypes(): Promise<CheckType[]> {
  return discover<CheckType>(join(root, 'src', 'checks'));
}

/** The sections of App Home in their order, by the files of `src/home/`. */
export async function homeSections(): Promise<HomeSection<Services>[]> {
  const found = await discover<HomeSection<Services>>(join(root, 'src', 'home'));
  return found.toSorted((a, b) => a.order - b.order || a.name.localeCompare(b.name));
}

/** Where runbooks are looked for: beside the config file first, then the shipped ones. */
export function runbookFolders(opsDir: string): string[] {
  return [opsDir, root].map((folder) => join(folder, 'templates', 'runbooks'));
}

/** Where messages are looked for, likewise: a file of the operator's takes the place of the shipped one of its name. */
export function messageFolders(opsDir: string): string[] {
  return [opsDir, root].map((folder) => join(folder, 'templates', 'messages'));
}

/** Where severities are looked for, likewise; the first folder that is there counts alone. */
export function severityFolders(opsDir: string): string[] {
  return [opsDir, root].map((folder) => join(folder, 'templates', 'incidents'));
}

/** The sections of reports, by the files of `src/reports/sections/`. */
export function reportSections(): Promise<ReportSection[]> {
  return discover<ReportSection>(join(root, 'src', 'reports', 'sections'));
}

/** Where reports are looked for, file by file; with one folder there are none of the operator's own. */
export function reportFolders(opsDir: string): string[] {
  return ownAndShipped(opsDir, 'reports');
}

/** Where checklists are looked for, likewise. */
export function checklistFolders(opsDir: string): string[] {
  return ownAndShipped(opsDir, 'checklists');
}

/** One folder where both are the same: the config is the shipped one, or its templates are a link to ours. */
function ownAndShipped(opsDir: string, name: string): string[] {
  const folders = [opsDir, root].map((folder) => resolve(folder, 'templates', name));
  return [...new Map(folders.map((folder) => [realPathOf(folder), folder])).values()];
}

function realPathOf(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}

/** All commands, by the files of `commands/`. */
export async function allCommands(): Promise<{ shared: Command<Services>[]; terminal: TerminalCommand[] }> {
  const found = await discover<Command<Services> | TerminalCommand>(join(root, 'commands'));
  return {
    shared: found.filter((command): command is Command<Services> => 'run' in command),
    terminal: found.filter((command): command is TerminalCommand => 'runAlone' in command),
  };
}
