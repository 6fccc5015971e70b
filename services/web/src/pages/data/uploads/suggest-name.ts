const longest = 63;

/** Whether a table can be called so. */
export const isDatasetName = (name: string): boolean => /^[a-z][a-z0-9_]{0,62}$/.test(name);

const toName = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");

/** Another name for the table of a file: its folder before it, or a number behind it. */
export function suggestName(path: string): string {
  const parts = path.split("/");
  const stem = (parts.at(-1) ?? "").replace(/(\.[a-z0-9]+)+$/i, "");
  const folder = parts.at(-2);
  const name = toName(folder === undefined ? `${stem}_2` : `${folder}_${stem}`).slice(0, longest);
  return isDatasetName(name) ? name : `t_${name}`.slice(0, longest);
}
