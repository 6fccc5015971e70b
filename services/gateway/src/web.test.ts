import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { App } from "@rivergen/service-kit";
import fastify from "fastify";
import { registerWeb } from "./web.ts";

let base: string;
let app: App;

/** The folder of the build lies below one of the name that its own files have. */
before(async () => {
  base = await mkdtemp(join(tmpdir(), "web-"));
  const folder = join(base, "assets", "dist");
  await mkdir(join(folder, "assets"), { recursive: true });
  await writeFile(join(base, "assets", "secret.txt"), "secret");
  await writeFile(join(folder, "pages.json"), '["runs"]');
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  await writeFile(join(folder, "assets", "main-1a2b.js"), "export {};");
  await writeFile(join(folder, "assets", "main-1a2b.js.br"), "packed");
  app = fastify({ exposeHeadRoutes: false });
  assert.equal(await registerWeb(app, folder), true);
});
after(async () => {
  await app.close();
  await rm(base, { recursive: true });
});

const get = async (url: string) => app.inject({ method: "GET", url });

describe("the web client", () => {
  test("the page is never kept and runs nothing but its own files, wherever the build lies", async () => {
    for (const url of ["/", "/runs", "/runs/some"]) {
      const { headers, statusCode } = await get(url);
      assert.equal(statusCode, 200);
      assert.equal(headers["cache-control"], "no-cache");
      assert.match(String(headers["content-security-policy"]), /script-src 'self'/);
    }
  });

  test("a file of the build is kept for good", async () => {
    const { headers, body } = await get("/assets/main-1a2b.js");
    assert.equal(body, "export {};");
    assert.match(String(headers["cache-control"]), /immutable/);
    const packed = await app.inject({ method: "GET", url: "/assets/main-1a2b.js", headers: { "accept-encoding": "br" } });
    assert.deepEqual([packed.body, packed.headers["content-encoding"]], ["packed", "br"]);
  });

  test("HEAD is answered as GET, without the body", async () => {
    for (const url of ["/", "/runs/some", "/assets/main-1a2b.js"]) {
      const [whole, head] = [await get(url), await app.inject({ method: "HEAD", url })];
      assert.deepEqual([head.statusCode, head.body], [200, ""], url);
      for (const name of ["content-type", "content-length", "cache-control", "content-security-policy"])
        assert.equal(head.headers[name], whole.headers[name], url);
    }
  });

  test("no path leads out of the files of the build", async () => {
    for (const way of [
      "%2e%2e%2findex.html",
      "..%2findex.html",
      "%2e%2e/pages.json",
      "..%2f..%2fsecret.txt",
      "..%5cindex.html",
      "%2e%2e%2f%2e%2e%2fsecret.txt",
    ])
      assert.match(String((await get(`/assets/${way}`)).statusCode), /^40[034]$/, way);
  });
});
