/** The reports of drills: in a directory, a file each, or in memory when there is none. The oldest go first. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DrillReport } from '../../contract/drill.ts';

const MAX_REPORTS = 50;

export class DrillArchive {
  readonly #directory: string | null;
  /** By id; ids sort by time. */
  #reports: Promise<Map<string, DrillReport>>;

  constructor(directory: string | null) {
    this.#directory = directory;
    this.#reports = directory === null ? Promise.resolve(new Map()) : readAll(directory);
  }

  /** Newest first. */
  async list(): Promise<DrillReport[]> {
    return [...(await this.#reports).values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
  }

  async get(id: string): Promise<DrillReport | undefined> {
    return (await this.#reports).get(id);
  }

  async add(report: DrillReport): Promise<void> {
    const reports = await this.#reports;
    reports.set(report.id, report);
    const old = (await this.list()).slice(MAX_REPORTS);
    for (const { id } of old) reports.delete(id);
    if (this.#directory === null) return;
    await mkdir(this.#directory, { recursive: true });
    const { default: writeFileAtomic } = await import('write-file-atomic');
    await writeFileAtomic(join(this.#directory, `${report.id}.json`), JSON.stringify(report));
    for (const { id } of old) await rm(join(this.#directory, `${id}.json`), { force: true });
  }
}

/** What is no report is left alone. */
async function readAll(directory: string): Promise<Map<string, DrillReport>> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => /^[\w-]+\.json$/.test(name));
  const reports = await Promise.all(names.map((name) => readReport(join(directory, name))));
  return new Map(reports.flatMap((report) => (report ? [[report.id, report] as const] : [])));
}

async function readReport(file: string): Promise<DrillReport | null> {
  try {
    const report = JSON.parse(await readFile(file, 'utf8')) as Partial<DrillReport>;
    return typeof report.id === 'string' && Array.isArray(report.seconds) ? (report as DrillReport) : null;
  } catch {
    return null;
  }
}
