/** Milliseconds of `Prefer: wait=N` (RFC 7240): the default where it is absent or malformed, at most 60 s. */
export function readWait(prefer: string | undefined, defaultSeconds: number): number {
  const found = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})"?/i.exec(prefer ?? "");
  return Math.min(60, found ? Number(found[1]) : defaultSeconds) * 1000;
}
