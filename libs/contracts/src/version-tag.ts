/** What versions of documents have in common. */
export interface Versioned {
  readonly version: number;
  /** Hash of the document's canonical form, in hexadecimal. */
  readonly digest: string;
}

/** Entity tag of a version of a river or flow: the `ETag` of its answers, and what `If-Match` names. */
export function toVersionTag({ version, digest }: Versioned): string {
  return `"${version}-${digest.slice(0, 16)}"`;
}
