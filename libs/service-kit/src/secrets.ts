import { generateKeyPairSync, randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const Secrets = z.strictObject({
  /** Ed25519 private key (PKCS 8, PEM) that signs internal tokens. */
  internalKey: z.string(),
  /** Signs links to objects. */
  objectsKey: z.string(),
  /** Encrypts kept answers of idempotent requests; 32 bytes in base64. */
  answersKey: z.string(),
  /** Signs sessions' cookies and tokens of the accounts library. */
  accountsKey: z.string(),
});
export type Secrets = z.output<typeof Secrets>;

function createSecrets(): Secrets {
  const random = () => randomBytes(32).toString("base64");
  const { privateKey } = generateKeyPairSync("ed25519");
  return { internalKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), objectsKey: random(), answersKey: random(), accountsKey: random() };
}

/** Secrets of the embedded profile: made once in its home (0600), shared by every process that uses the same home. */
export async function loadSecrets(home: string): Promise<Secrets> {
  await mkdir(home, { recursive: true });
  const path = join(home, "secrets.json");
  const kept = await readFile(path, "utf8").catch(() => undefined);
  if (kept !== undefined) return Secrets.parse(JSON.parse(kept));
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  await file.writeFile(JSON.stringify(createSecrets()));
  await file.sync();
  await file.close();
  // A link fails when another process was first: then its secrets count.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await unlink(draft);
  return Secrets.parse(JSON.parse(await readFile(path, "utf8")));
}
