import { OpsError } from '../kernel/errors.ts';

/** Another process has the embedded database: it may end soon. */
export class FolderInUse extends OpsError {}
