import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { AppError, type Caller } from "@rivergen/contracts";
import { SignJWT } from "jose";
import { createTokenAuthority } from "./tokens.ts";

const createKey = (): string => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const ann: Caller = { kind: "user", userId: "usr_ann", workspaceId: "wsp_1", organizationId: "org_1", role: "owner", scopes: ["*"], credential: "key_1" };
const isRefused = (error: unknown): boolean => error instanceof AppError && error.code === "UNAUTHENTICATED";

test("a caller arrives as it was sent, without the key of its request", async () => {
  const key = createKey();
  const token = await createTokenAuthority(key).sign({ ...ann, requestKey: "once" });
  assert.deepEqual(await createTokenAuthority(key).verify(token), ann);
});

test("a token lasts a minute, also where it was seen before", async () => {
  let now = 1_700_000_000_000;
  const authority = createTokenAuthority(createKey(), () => now);
  const token = await authority.sign(ann);
  await authority.verify(token);
  now += 59_000;
  assert.deepEqual(await authority.verify(token), ann);
  now += 1_001;
  await assert.rejects(authority.verify(token), isRefused);
});

test("what is signed again is fresh for half a minute at least", async () => {
  let now = 1_700_000_000_000;
  const authority = createTokenAuthority(createKey(), () => now);
  const first = await authority.sign(ann);
  assert.equal(await authority.sign({ ...ann }), first);
  now += 30_001;
  const second = await authority.sign(ann);
  assert.notEqual(second, first);
  now += 29_000;
  assert.deepEqual(await authority.verify(second), ann);
});

test("tokens of another key, altered, unsigned or of another issuer are refused", async () => {
  const authority = createTokenAuthority(createKey());
  const token = await authority.sign(ann);
  const [head = "", claims = "", signature = ""] = token.split(".");
  const altered = Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(claims, "base64url").toString()) as object), workspaceId: "wsp_2" })).toString(
    "base64url",
  );
  const unsigned = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
  const foreign = await createTokenAuthority(createKey()).sign(ann);
  const symmetric = await new SignJWT({ ...ann }).setProtectedHeader({ alg: "HS256" }).setIssuer("rivergen").sign(Buffer.alloc(32, 1));
  for (const wrong of [foreign, `${head}.${altered}.${signature}`, `${unsigned}.${claims}.`, symmetric, "", "a.b.c"])
    await assert.rejects(authority.verify(wrong), isRefused, wrong);
});
