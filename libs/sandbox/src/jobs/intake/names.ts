export interface ColumnName {
  readonly name: string;
  readonly originalName: string;
}

const maxLength = 255;

/**
 * Names that a table can have: white space joined, empty ones called `column_3`, doubles (without regard to case)
 * called `name_2`. Titles are kept otherwise.
 */
export function toColumnNames(originals: readonly string[]): { names: ColumnName[]; notes: string[] } {
  const taken = new Set<string>();
  const notes: string[] = [];
  const wanted = originals.map((original, index) => clean(original) || `column_${index + 1}`);
  const all = new Set(wanted.map(fold));
  const names = originals.map((originalName, index) => {
    const base = wanted[index] ?? `column_${index + 1}`;
    const name = taken.has(fold(base)) ? nextFree(base, taken, all) : base;
    taken.add(fold(name));
    if (name !== originalName.trim() && notes.length < 20) notes.push(`Column ${index + 1} is called "${name}" (in the file: "${originalName.slice(0, 80)}").`);
    return { name, originalName };
  });
  return { names, notes };
}

const fold = (name: string): string => name.toLowerCase();

function clean(original: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed here
  const joined = original.replaceAll(/[\s\u0000-\u001f\u007f]+/g, " ").trim();
  return joined.length <= maxLength ? joined : joined.slice(0, maxLength).trim();
}

function nextFree(base: string, taken: ReadonlySet<string>, all: ReadonlySet<string>): string {
  for (let number = 2; ; number += 1) {
    const name = `${base.slice(0, maxLength - 8)}_${number}`;
    if (!taken.has(fold(name)) && !all.has(fold(name))) return name;
  }
}
