import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import type { Transaction } from "@rivergen/contracts";

interface Dependencies {
  readonly inShared: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** 32 bytes in base64. */
  readonly answersKey: string;
}
interface Kept {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Longer than any request may take: after it a claim is one of a process that died. */
const claimSeconds = 180;

export type RequestService = ReturnType<typeof createRequestService>;

/** Idempotency keys: one claim per caller and key, the answer kept encrypted for 24 hours. */
export function createRequestService({ inShared, answersKey }: Dependencies) {
  const key = Buffer.from(answersKey, "base64");

  async function begin(given: { owner: string; key: string; operation: string; bodySha256: string }) {
    const claim = randomUUID();
    return inShared(async (tx) => {
      const [mine] = await tx.rows<{ claim: string }>(
        `insert into backend_core.requests as r (owner, key, claim, operation, body_sha256, claimed_until) values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
         on conflict (owner, key) do update set claim = excluded.claim, operation = excluded.operation, body_sha256 = excluded.body_sha256, claimed_until = excluded.claimed_until, answer = null, created_at = now()
         where r.created_at < now() - interval '24 hours' or (r.answer is null and r.claimed_until < now() and r.operation = excluded.operation and r.body_sha256 = excluded.body_sha256)
         returning r.claim`,
        [given.owner, given.key, claim, given.operation, given.bodySha256, claimSeconds],
      );
      if (mine) return { state: "new" as const, claim };
      const [row] = await tx.rows<{ operation: string; body_sha256: string; answer: Buffer | null }>(
        `select operation, body_sha256, answer from backend_core.requests where owner = $1 and key = $2`,
        [given.owner, given.key],
      );
      if (row && (row.operation !== given.operation || row.body_sha256 !== given.bodySha256)) return { state: "reused" as const };
      if (!row?.answer) return { state: "in_flight" as const };
      return { state: "replay" as const, ...(JSON.parse(decrypt(key, row.answer)) as Kept) };
    });
  }

  /** Keeps the answer; without one the key is given back, so that it may be tried again. */
  async function finish(given: { owner: string; key: string; claim: string; answer: Kept | null }): Promise<void> {
    await inShared(async (tx) => {
      if (given.answer)
        await tx.rows(`update backend_core.requests set answer = $4 where owner = $1 and key = $2 and claim = $3`, [
          given.owner,
          given.key,
          given.claim,
          encrypt(key, JSON.stringify(given.answer)),
        ]);
      else await tx.rows(`delete from backend_core.requests where owner = $1 and key = $2 and claim = $3`, [given.owner, given.key, given.claim]);
    });
  }

  async function sweep(): Promise<void> {
    await inShared((tx) => tx.rows(`delete from backend_core.requests where created_at < now() - interval '25 hours'`));
  }

  return { begin, finish, sweep };
}

function encrypt(key: Buffer, text: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

function decrypt(key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString("utf8");
}
