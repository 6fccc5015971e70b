/** Appends keys to a JSON Pointer (RFC 6901). */
export function pointer(path: string, ...keys: readonly PropertyKey[]): string {
  return path + keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
