import { createPrivateKey, createPublicKey } from "node:crypto";
import { AppError, type Caller } from "@rivergen/contracts";
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";

const Claims = z.object({
  kind: z.enum(["user", "service", "anonymous"]),
  workspaceId: z.string(),
  organizationId: z.string(),
  role: z.enum(["owner", "admin", "editor", "viewer", "service", "none"]),
  scopes: z.array(z.string()),
  credential: z.string().optional(),
});

const lifetimeMs = 60_000;
const cacheLimit = 2_000;

/** Signs and checks the tokens that services trust: who asks, for which workspace, with which rights. */
export interface TokenAuthority {
  sign(caller: Caller): Promise<string>;
  /** @throws UNAUTHENTICATED */
  verify(token: string): Promise<Caller>;
}

/** EdDSA tokens of one minute; both directions are cached so that a busy caller costs no cryptography. */
export function createTokenAuthority(internalKey: string, now: () => number = Date.now): TokenAuthority {
  const privateKey = createPrivateKey(internalKey);
  const publicKey = createPublicKey(privateKey);
  const signed = boundedMap<{ token: string; until: number }>();
  const verified = boundedMap<{ caller: Caller; until: number }>();

  return {
    async sign({ requestKey: _, ...caller }) {
      const key = JSON.stringify(caller);
      const kept = signed.get(key);
      if (kept && kept.until > now()) return kept.token;
      const issuedAt = Math.floor(now() / 1000);
      const { userId, ...claims } = caller;
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: "EdDSA" })
        .setSubject(userId)
        .setIssuer("rivergen")
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeMs / 1000)
        .sign(privateKey);
      signed.set(key, { token, until: now() + lifetimeMs / 2 });
      return token;
    },

    async verify(token) {
      const kept = verified.get(token);
      if (kept && kept.until > now()) return kept.caller;
      const result = await jwtVerify(token, publicKey, { issuer: "rivergen", algorithms: ["EdDSA"], currentDate: new Date(now()) }).catch((cause: unknown) => {
        throw new AppError("UNAUTHENTICATED", {}, cause);
      });
      const claims = Claims.parse(result.payload);
      const { credential, ...rest } = claims;
      const caller: Caller = { userId: result.payload.sub ?? "", ...rest, ...(credential === undefined ? {} : { credential }) };
      verified.set(token, { caller, until: (result.payload.exp ?? 0) * 1000 });
      return caller;
    },
  };
}

function boundedMap<V>(): Map<string, V> {
  const map = new Map<string, V>();
  const set = map.set.bind(map);
  map.set = (key, value) => {
    if (map.size >= cacheLimit) map.delete(map.keys().next().value as string);
    return set(key, value);
  };
  return map;
}
