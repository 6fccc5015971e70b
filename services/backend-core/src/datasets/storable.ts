/**
 * What was read of a file, as the database can keep it. Files hold text that it cannot: in samples, values and reasons
 * U+0000 and halves of surrogate pairs become U+FFFD. The rows themselves lie in Parquet and stay as they are.
 */
export function toStorable<T>(value: T): T {
  if (typeof value === "string") return value.replaceAll("\0", "\uFFFD").toWellFormed() as T;
  if (Array.isArray(value)) return value.map((item: unknown) => toStorable(item)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]: [string, unknown]) => [toStorable(name), toStorable(inner)])) as T;
}
