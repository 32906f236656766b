// A report as a file, made by the engine of the same figures.
import { backend, type Commands } from '../../backend';
import type { ExportedReport } from '../../bindings/ExportedReport';
import { i18n } from '../../i18n/index.svelte';
import { notices } from '../../state/notices.svelte';

export type Format = Commands['reports.export']['request']['format'];

export const fileOf = (what: ExportedReport) => (format: Format) => backend().call('reports.export', { what, format });

/** Makes the file and keeps it where the person wants it. */
export async function download(what: ExportedReport, format: Format): Promise<void> {
  try {
    const file = await fileOf(what)(format);
    await backend().saveFile(file);
    notices.done(i18n.t.parts.table.exported(file.name));
  } catch (cause) {
    notices.failed(cause, () => void download(what, format));
  }
}
