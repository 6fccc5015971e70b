/** What was written into the fields of parameters, as the platform takes it; empty fields are left to their defaults. */
export function readParameters(
  declared: Readonly<Record<string, { readonly type: string }>>,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const entries = Object.entries(declared).flatMap(([name, { type }]) => {
    const text = (given[name] ?? "").trim();
    return text === "" ? [] : [[name, readValue(type, text)] as const];
  });
  return Object.fromEntries(entries);
}

/** A value that does not read as its type stays a text: the platform says what is wrong with it. */
function readValue(type: string, text: string): unknown {
  if (type === "boolean") return text === "true";
  const number = Number(text);
  // Decimals and integers beyond 2^53 keep all their digits as text.
  if (type === "double" && Number.isFinite(number)) return number;
  if (type === "integer" && Number.isSafeInteger(number)) return number;
  return text;
}
