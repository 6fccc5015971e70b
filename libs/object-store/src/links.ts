import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "@rivergen/contracts";
import { requireKey } from "./key.ts";
import type { Link, LinkMethod } from "./object-store.ts";

export interface LinkOptions {
  readonly secret: string;
  /** What stands before the key. */
  readonly baseUrl: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Links signed with HMAC-SHA-256 over method, key and end of life. */
export function createLinks({ secret, baseUrl, now }: LinkOptions) {
  const base = baseUrl.replace(/\/+$/, "");
  const signature = (method: string, key: string, expires: string) =>
    createHmac("sha256", secret).update(`rivergen.object-link.v1\n${method}\n${key}\n${expires}`).digest();

  return {
    signUrl(key: string, { method, expiresInMs }: { method: LinkMethod; expiresInMs: number }): string {
      requireKey(key);
      const expires = String(Math.ceil(now() + expiresInMs));
      const query = new URLSearchParams({ method, expires, signature: signature(method, key, expires).toString("base64url") });
      return `${base}/${key}?${query.toString()}`;
    },
    verify(url: string, method: string): Link {
      const { pathname, searchParams } = parse(url);
      const [signed, expires, given] = ["method", "expires", "signature"].map((name) => searchParams.getAll(name)) as [string[], string[], string[]];
      const prefix = `${parse(base).pathname.replace(/\/$/, "")}/`;
      const key = pathname.slice(prefix.length);
      const right = signature(method, key, expires[0] ?? "");
      const sent = Buffer.from(given[0] ?? "", "base64url");
      const once = signed.length === 1 && expires.length === 1 && given.length === 1;
      const genuine = sent.length === right.length && timingSafeEqual(sent, right);
      if (!once || !genuine || signed[0] !== method || !pathname.startsWith(prefix) || Number(expires[0]) <= now()) throw new AppError("LINK_INVALID");
      return { key: requireKey(key), method: method as LinkMethod };
    },
  };
}

/** @throws LINK_INVALID */
function parse(url: string): URL {
  const parsed = URL.parse(url, "http://localhost");
  if (!parsed) throw new AppError("LINK_INVALID");
  return parsed;
}
