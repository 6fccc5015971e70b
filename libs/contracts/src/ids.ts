import { createHash, randomBytes } from "node:crypto";

/** Every kind of identifier and the noun it stands for. */
export const idPrefixes = {
  user: "usr",
  organization: "org",
  workspace: "wsp",
  key: "key",
  file: "fil",
  dataset: "dst",
  prompt: "pmt",
  river: "riv",
  flow: "flw",
  run: "run",
  event: "evt",
  usage: "use",
  query: "qry",
} as const;
export type IdKind = keyof typeof idPrefixes;

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >> bits) & 31];
    }
  }
  return text;
}

/** A new opaque id: sorts by the millisecond of its creation; 80 random bits. */
export function createId(kind: IdKind, now: number = Date.now(), random: Uint8Array = randomBytes(10)): string {
  let time = "";
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time;
  return `${idPrefixes[kind]}_${time}${base32(random)}`;
}

/** The id a repeated request makes again: derived from the caller's idempotency key, so that its effect happens once. */
export function deriveId(kind: IdKind, requestKey: string): string {
  return `${idPrefixes[kind]}_${base32(createHash("sha256").update(`${kind}\n${requestKey}`).digest().subarray(0, 17)).slice(0, 26)}`;
}

/** Whether a text has the form of an id; such texts are never names. */
export function isIdForm(text: string): boolean {
  return /^[a-z]{3}_[0-9a-hjkmnp-tv-z]{20,}$/.test(text);
}

/** A new id for what a request creates: the same again when the request is repeated under its idempotency key. */
export function idFor(kind: IdKind, caller: { readonly requestKey?: string }, part = ""): string {
  return caller.requestKey === undefined ? createId(kind) : deriveId(kind, `${caller.requestKey}${part}`);
}
