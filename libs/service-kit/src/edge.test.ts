import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { type Handlers, type Principal, route } from "@rivergen/contracts";
import { createRateLimit } from "@rivergen/pipeline";
import { z } from "zod";
import { createDispatcher } from "./dispatch.ts";
import { createFailureGuard } from "./edge-failures.ts";
import { registerEdge } from "./edge.ts";
import { type App, createApp } from "./http.ts";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { createTokenAuthority } from "./tokens.ts";
import { silentTracing } from "./tracing.ts";

const base = { tag: "Things", summary: "Things" } as const;
const routes = {
  say: route({ ...base, method: "POST", path: "/v1/say", scope: "runs:write", body: z.strictObject({ word: z.string() }), answer: z.string() }),
  put: route({ ...base, method: "PUT", path: "/v1/put", scope: "files:write", consumes: ["*/*"], answer: z.number() }),
  own: route({ ...base, method: "GET", path: "/v1/own", scope: "account", answer: z.string() }),
  rename: route({ ...base, method: "GET", path: "/v1/rename", scope: "workspaces:write", workspace: false, answer: z.string() }),
  who: route({ ...base, method: "GET", path: "/v1/who", scope: "session", answer: z.string() }),
};
const handlers: Handlers<typeof routes> = {
  say: async ({ body }) => body.word,
  put: async ({ stream }) => (await text(stream)).length,
  own: async ({ caller }) => caller.userId,
  rename: async ({ caller }) => caller.userId,
  who: async ({ caller }) => caller.userId,
};

const ann: Principal = {
  userId: "usr_ann",
  organizationId: "org_1",
  credential: "session",
  scopes: null,
  boundWorkspaceId: null,
  workspaces: [{ id: "wsp_1", name: "One", role: "owner" }],
};
const principals: Readonly<Record<string, Principal>> = {
  "session-of-ann": ann,
  "narrow-key": { ...ann, credential: "key_1", scopes: ["runs:write"] },
  "renaming-key": { ...ann, credential: "key_2", scopes: ["workspaces:write"] },
  "bound-key": { ...ann, credential: "key_3", boundWorkspaceId: "wsp_1" },
};

const requestTimeoutMs = 600;
const perMinute = 50;
let app: App;
let url: string;

before(async () => {
  const tokens = createTokenAuthority(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  const port = createDispatcher(routes, handlers as never, tokens, true);
  const log = createLog("silent", "edge");
  app = createApp(log);
  registerEdge(app, {
    operations: Object.fromEntries(Object.entries(routes).map(([name, one]) => [name, { route: one, port }])),
    resolve: async (token) => principals[token] ?? null,
    tokens,
    idempotency: { begin: () => assert.fail("no key is sent"), finish: () => assert.fail("no key is sent") },
    limiter: createRateLimit({ perMinute }),
    guardFailures: createFailureGuard(createRateLimit({ perMinute: 2 })),
    requestTimeoutMs,
    log,
    metrics: createMetrics(),
    tracing: silentTracing,
  });
  url = await app.listen({ port: 0, host: "127.0.0.1" });
});
after(async () => {
  app.server.closeAllConnections();
  await app.close();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("a body that does not come", () => {
  const begin = async (head: string): Promise<{ status: string; ms: number }> => {
    const started = performance.now();
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    socket.write(`${head}\r\nhost: x\r\nauthorization: Bearer session-of-ann\r\ncontent-length: 100\r\n\r\n{`);
    const [first] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    return { status: first.toString().split("\r\n", 1)[0] ?? "", ms: performance.now() - started };
  };

  test("is waited for as long as requests may take", async () => {
    const { status, ms } = await begin("POST /v1/say HTTP/1.1\r\ncontent-type: application/json");
    assert.equal(status, "HTTP/1.1 408 Request Timeout");
    assert.ok(ms >= requestTimeoutMs && ms < 20 * requestTimeoutMs, `${ms} ms`);
  });

  test("ends an upload too", async () => {
    assert.equal((await begin("PUT /v1/put HTTP/1.1")).status, "HTTP/1.1 408 Request Timeout");
  });
});

test("an upload whose bytes come slowly takes longer than other requests may", async () => {
  async function* slowly(): AsyncGenerator<string> {
    for (let i = 0; i < 8; i++) {
      yield "slow ";
      await pause(requestTimeoutMs / 6);
    }
  }
  const init = { method: "PUT", headers: bearer("session-of-ann"), body: Readable.from(slowly()) as never, duplex: "half" };
  const answer = await fetch(`${url}/v1/put`, init as RequestInit);
  assert.deepEqual([answer.status, await answer.json()], [200, 40]);
});

describe("rights over an account", () => {
  const statusOf = async (path: string, token: string): Promise<number> => (await fetch(`${url}${path}`, { headers: bearer(token) })).status;

  test("are its owner's, and no key's that is narrowed", async () => {
    assert.equal(await statusOf("/v1/own", "session-of-ann"), 200);
    for (const token of ["narrow-key", "renaming-key", "bound-key"]) assert.equal(await statusOf("/v1/own", token), 403, token);
  });

  test("over workspaces are those of a key's scopes, unless it is bound to one", async () => {
    for (const token of ["session-of-ann", "renaming-key"]) assert.equal(await statusOf("/v1/rename", token), 200, token);
    for (const token of ["narrow-key", "bound-key"]) assert.equal(await statusOf("/v1/rename", token), 403, token);
  });

  test("any credential may ask who it is", async () => {
    for (const token of Object.keys(principals)) assert.equal(await statusOf("/v1/who", token), 200, token);
  });
});

test("wrong credentials count against the address they come from", async () => {
  const statuses: number[] = [];
  for (let i = 0; i <= perMinute; i++) {
    const answer = await fetch(`${url}/v1/who`, { headers: bearer(`made-up-${i}`) });
    statuses.push(answer.status);
    if (answer.status === 429) assert.ok(Number(answer.headers.get("retry-after")) >= 1);
  }
  assert.deepEqual([statuses[0], statuses.at(-1)], [401, 429]);
  assert.equal((await fetch(`${url}/v1/who`, { headers: bearer("session-of-ann") })).status, 200);
});
