import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a browser page may open a socket here: only pages of this very origin, or of the address people use
 * (`PUBLIC_URL`). Programs other than browsers send no `Origin`.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, publicUrl: string | undefined): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  if (publicUrl !== undefined && URL.canParse(publicUrl) && from.origin === new URL(publicUrl).origin) return true;
  return from.host !== "" && from.host === host?.toLowerCase();
}
