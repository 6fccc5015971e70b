let common: Promise<ReadonlySet<string>> | undefined;

/** Whether a password stands on lists of common passwords (the dictionary of zxcvbn). */
export async function isCommonPassword(password: string): Promise<boolean> {
  common ??= import("@zxcvbn-ts/language-common").then(
    ({ dictionary }) => new Set(Object.values(dictionary).flatMap((words) => (Array.isArray(words) ? (words as string[]) : []))),
  );
  const words = await common;
  const plain = password.toLowerCase();
  // "aaaaaaaaaa" and "1234567890" are common whatever a list says.
  return words.has(plain) || new Set(plain).size < 4 || "01234567890123456789abcdefghijklmnopqrstuvwxyz".includes(plain);
}
