import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import { AppError } from "@rivergen/contracts";
import { createClient } from "./sdk.ts";
import { toReadable, uploadFile } from "./node.ts";
import { problemOf } from "./problem.ts";

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const json = { "content-type": "application/json; charset=utf-8" };

test("an operation is sent as its contract says, with credentials and workspace", async (t) => {
  const url = await serve(t, (request, response) => {
    void readBody(request).then((body) => {
      response.writeHead(200, json);
      response.end(
        JSON.stringify({
          method: request.method,
          url: request.url,
          auth: request.headers.authorization,
          workspace: request.headers["x-workspace-id"],
          body: body.toString(),
        }),
      );
    });
  });
  const client = createClient({ url: `${url}/`, token: "secret-token", workspaceId: "wsp_a" });
  const seen = (await client.getRunOutput({ params: { run: "run_1", name: "answer" }, query: { limit: 5, format: "json" } })) as unknown as Record<
    string,
    string
  >;
  assert.deepEqual(seen, {
    method: "GET",
    url: "/v1/runs/run_1/outputs/answer?limit=5&format=json",
    auth: "Bearer secret-token",
    workspace: "wsp_a",
    body: "",
  });
  const other = (await client.inWorkspace("wsp_b").query({ query: {}, body: { sql: "select 1" } })) as unknown as Record<string, string>;
  assert.equal(other["workspace"], "wsp_b");
  assert.equal(other["body"], '{"sql":"select 1"}');
});

test("a problem becomes an AppError that keeps it", async (t) => {
  const problem = {
    type: "urn:x",
    title: "Faults",
    status: 422,
    code: "RIVER_INVALID",
    detail: "Two faults.",
    requestId: "req_1",
    errors: [{ path: "/steps", code: "X", message: "m" }],
  };
  const url = await serve(t, (_request, response) => {
    response.writeHead(422, { "content-type": "application/problem+json" });
    response.end(JSON.stringify(problem));
  });
  const error = await createClient({ url })
    .getSession()
    .catch((thrown: unknown) => thrown);
  assert.ok(error instanceof AppError);
  assert.equal(error.code, "RIVER_INVALID");
  assert.equal(error.message, "Two faults.");
  assert.deepEqual(error.details.errors, problem.errors);
  assert.deepEqual(problemOf(error), problem);
});

test("a code of a newer platform becomes the nearest one; an answer that is no problem too", async (t) => {
  const url = await serve(t, (request, response) => {
    response.writeHead(request.url === "/v1/auth/session" ? 429 : 404, { "content-type": "application/problem+json", "retry-after": "7" });
    response.end(
      request.url === "/v1/auth/session" ? JSON.stringify({ type: "t", title: "t", status: 429, code: "NEW_LIMIT", detail: "d", requestId: "r" }) : "<html>",
    );
  });
  const client = createClient({ url });
  await assert.rejects(
    client.getSession(),
    (error: AppError) => error.code === "RATE_LIMITED" && error.details.retryAfterSeconds === 7 && problemOf(error)?.code === "NEW_LIMIT",
  );
  await assert.rejects(client.listRivers(), (error: AppError) => error.code === "ROUTE_NOT_FOUND" && problemOf(error) === undefined);
});

test("nobody there, too late, and given up are told apart", async (t) => {
  const url = await serve(t, () => {});
  const client = createClient({ url });
  await assert.rejects(client.getSession({}, { deadlineMs: 20 }), (error: AppError) => error.code === "DEADLINE_EXCEEDED");
  await assert.rejects(client.getSession({}, { signal: AbortSignal.abort(new Error("given up")) }), { message: "given up" });
  await assert.rejects(createClient({ url: "http://127.0.0.1:1" }).getSession(), (error: AppError) => error.code === "SERVICE_UNAVAILABLE" && error.retryable);
});

test("a name that would lead to another address is refused before anything is sent", async (t) => {
  const url = await serve(t, () => assert.fail("something was sent"));
  const client = createClient({ url });
  for (const file of [".", "..", ""]) {
    await assert.rejects(client.deleteFile({ params: { file } }), (error: AppError) => error.code === "INVALID_REQUEST", file);
  }
});

test("a file is uploaded as a stream with progress, and its digest is compared", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "client-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "sales 2024.csv");
  const content = Buffer.alloc(3_000_000, "a,b\n");
  await writeFile(path, content);
  let lie = false;
  const seen: Record<string, unknown> = {};
  const url = await serve(t, (request, response) => {
    void readBody(request).then((body) => {
      Object.assign(seen, { url: request.url, type: request.headers["content-type"], prefer: request.headers["prefer"], size: body.length });
      response.writeHead(201, json);
      response.end(
        JSON.stringify({
          file: {
            sha256: createHash("sha256")
              .update(lie ? "x" : body)
              .digest("hex"),
          },
          dataset: null,
        }),
      );
    });
  });
  const client = createClient({ url });
  const progress: number[] = [];
  await uploadFile(client, path, { dataset: "sales", mode: "append", onProgress: (sent, size) => progress.push(sent / size) });
  assert.deepEqual(seen, { url: "/v1/files/sales%202024.csv?dataset=sales&mode=append", type: "text/csv", prefer: "wait=60", size: 3_000_000 });
  assert.equal(progress.at(-1), 1);
  assert.ok(progress.length > 5 && progress.every((share, i) => i === 0 || share > (progress[i - 1] ?? 0)));
  lie = true;
  await assert.rejects(uploadFile(client, path), (error: AppError) => error.code === "DIGEST_MISMATCH");
});

test("an upload that is refused at once ends with the refusal; one whose source fails, with that failure", async (t) => {
  const url = await serve(t, (request, response) => {
    response.writeHead(409, { "content-type": "application/problem+json", connection: "close" });
    response.end(JSON.stringify({ type: "t", title: "t", status: 409, code: "DATASET_NAME_TAKEN", detail: "taken", requestId: "r" }));
    request.resume();
  });
  const client = createClient({ url });
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 2_000; i++) yield Buffer.alloc(64 * 1024);
  }
  await assert.rejects(client.putFile({ params: { file: "a.csv" }, query: {}, stream: endless() }), (error: AppError) => error.code === "DATASET_NAME_TAKEN");
  const silent = await serve(t, (request) => void request.resume());
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(10);
    throw new Error("the disk is gone");
  }
  await assert.rejects(createClient({ url: silent }).putFile({ params: { file: "a.csv" }, query: {}, stream: broken() }), { message: "the disk is gone" });
});

test("bytes are handed on as they come", async (t) => {
  const url = await serve(t, (_request, response) => {
    response.writeHead(200, { "content-type": "text/csv", "content-length": "8" });
    response.end("a,b\n1,2\n");
  });
  const client = createClient({ url });
  const download = await client.open("query", { query: { format: "csv" }, body: { sql: "select 1" } });
  assert.equal(download.contentType, "text/csv");
  assert.equal(download.sizeBytes, 8);
  let text = "";
  for await (const chunk of toReadable(download)) text += String(chunk);
  assert.equal(text, "a,b\n1,2\n");
  await assert.rejects(client.query({ query: {}, body: { sql: "select 1" } }), (error: AppError) => error.code === "NOT_ACCEPTABLE");
});
