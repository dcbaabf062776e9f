import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { systemClock } from '../kernel/clock.ts';
import { closeServer, listenAt } from '../kernel/listening.ts';
import type { Log } from '../kernel/log.ts';
import { clinicApi } from './api.ts';
import { Backstage } from './backstage.ts';
import { Backup } from './backup.ts';
import { openDatabase } from './database.ts';
import { Heartbeat } from './heartbeat.ts';
import { Intruder } from './intruder.ts';
import { watchClock } from './minutes.ts';
import { type DemoPorts, demoPortSetting } from './ports.ts';
import { type Switch, Switches } from './switches.ts';
import { openTls } from './tls.ts';

export interface Clinic {
  name: string;
  url: string;
  /** A DSN without a password; any user and database name will do. */
  databaseUrl: string;
  tlsUrl: string;
  switches(): Switch[];
  /** Resolves when it is broken, or repaired. Throws OpsError: `not_found`, `unavailable` (its port was taken meanwhile). */
  set(id: string, on: boolean): Promise<void>;
  /** Returns what ends it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface ClinicOptions extends DemoPorts {
  /** The clinic's time: it may be moved forward, and jobs and the database's now() follow within a second. */
  clock: Clock;
  /** Where the nightly backup tells that it ran: POST with a small JSON body. */
  heartbeatUrl?: string;
  /** Where the authority of the TLS endpoint is written, as PEM; what stands there before is removed. */
  caFile?: string;
  /** Resolves when the file's folder is known to be ours: nothing is removed or written before. Absent: it is. */
  keepFrom?: Promise<void>;
  log?: Log;
}

/** Of the certificate, by its switch. */
const daysLeft = { off: 90, on: 5 };

/**
 * A small clinic platform to watch and to break, on loopback: an API, a PostgreSQL database, a TLS endpoint, a nightly
 * job. Its ports listen when this resolves; who connects before the database or the certificate is ready waits, about 1 s.
 * Throws OpsError `unavailable` when a port is taken.
 */
export async function startClinic(options: ClinicOptions): Promise<Clinic> {
  const { clock, log, caFile, heartbeatUrl } = options;
  const opened = new AsyncDisposableStack();
  let closing = false;
  const onFailure = (what: string) => (error: unknown) => {
    if (!closing) log?.error({ err: error }, `the demo clinic: ${what} failed`);
  };
  try {
    const backstage = new Backstage(clock, onFailure('its database'));
    opened.defer(() => backstage.close());
    const database = await openDatabase(backstage, options.databasePort);
    const heartbeat = heartbeatUrl ? new Heartbeat(heartbeatUrl, log) : undefined;
    opened.defer(() => heartbeat?.stop());
    const backup = new Backup({ clock, database, heartbeat });
    const intruder = new Intruder(database);
    const issue = (days: number) => backstage.ask<'certificate'>({ kind: 'certificate', days, now: systemClock.now() });
    const runBackup = async () => {
      if (!switches.isOn('backup') && !switches.isOn('database')) await backup.runDue();
    };
    const switches = new Switches({
      database: (on) => database.setRefusing(on).then(() => runBackup()),
      certificate: async (on) => tls.serve(await issue(on ? daysLeft.on : daysLeft.off)),
      logins: (on) => (on ? intruder.goOn(clock.now()) : intruder.leave()),
      backup: (on) => (on ? backup.miss() : runBackup()),
    });
    const api = clinicApi({ switches, database, startedAt: clock.now() });
    const tls = await openTls(options.tlsPort, api);
    opened.defer(() => tls.close());
    const server = createServer(api);
    await listenAt(server, { host: '127.0.0.1', port: options.port, portSetting: demoPortSetting });
    opened.defer(() => closeServer(server, 0));

    // A bot that asks before there is a new one is to say that there is none, not that a false one is served.
    const removed = (options.keepFrom ?? Promise.resolve()).then(async () => {
      if (caFile) await rm(caFile, { force: true }).catch(onFailure(`removing ${caFile}`));
    });
    const certify = async () => {
      const [certificate] = await Promise.all([issue(daysLeft.off), removed]);
      if (caFile) await writeAuthority(caFile, certificate.ca).catch(onFailure(`writing ${caFile}`));
      tls.serve(certificate);
    };
    switches.undisturbed(certify).catch(onFailure('its certificate'));
    const work = async () => {
      await runBackup();
      if (switches.isOn('logins')) await intruder.goOn(clock.now());
    };
    const watching = watchClock(clock, {
      onLook: () => backstage.follow(),
      onMinute: () => void switches.undisturbed(work).catch(onFailure('its nightly job')),
    });
    opened.defer(() => watching.stop());
    return {
      name: 'Demo clinic',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      databaseUrl: database.url,
      tlsUrl: tls.url,
      switches: () => switches.all(),
      set: (id, on) => switches.set(id, on),
      onChange: (listener) => switches.onChange(listener),
      close: () => {
        closing = true;
        return opened.disposeAsync();
      },
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function writeAuthority(file: string, pem: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, pem);
}
