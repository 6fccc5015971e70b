export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}

/** Files that a system keeps for itself say nothing to anybody. */
const isHidden = (path: string): boolean => path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX" || part === "Thumbs.db");

/** Files of a file field; those of a chosen folder keep their place in it. */
export function readField(files: Iterable<File>): ChosenFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(({ path }) => !isHidden(path));
}

/** Files and folders that were dropped, folders with everything below them. */
export async function readDropped(items: DataTransferItemList): Promise<ChosenFile[]> {
  // The list is emptied when the event is over: entries are taken before anything is awaited.
  const entries = [...items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: ChosenFile[] = [];
  for (const entry of entries) {
    if (entry instanceof File) found.push({ path: entry.name, file: entry });
    else if (entry) await readEntry(entry, found);
  }
  return found.filter(({ path }) => !isHidden(path));
}

async function readEntry(entry: FileSystemEntry, found: ChosenFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
  } else if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const below = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (below.length === 0) return;
      for (const each of below) await readEntry(each, found);
    }
  }
}
