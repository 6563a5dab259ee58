/** A file that was chosen or dropped. */
export interface ChosenFile {
  /** Its name; of a file in a folder the way from the folder to it: `protos/v1/shop.proto`. */
  path: string;
  file: File;
}

export function chosenFiles(files: Iterable<File>): ChosenFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was dropped; of folders the files that are wanted, however deep they lie. To be called while the event is handled. */
export async function droppedFiles(data: DataTransfer, isWanted: (name: string) => boolean): Promise<ChosenFile[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (!entries.some(({ isDirectory }) => isDirectory)) return chosenFiles(data.files);
  const found: ChosenFile[] = [];
  for (const entry of entries) await collect(entry, isWanted, found);
  return found;
}

async function collect(
  entry: FileSystemEntry,
  isWanted: (name: string) => boolean,
  found: ChosenFile[],
): Promise<void> {
  if (entry.isDirectory) {
    for (const inner of await entriesOf(entry as FileSystemDirectoryEntry)) await collect(inner, isWanted, found);
    return;
  }
  if (!isWanted(entry.name)) return;
  const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
  found.push({ path: entry.fullPath.replace(/^\//, ''), file });
}

/** They come some at a time, until none come. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
