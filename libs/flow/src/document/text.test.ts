import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { validateStructure } from "../validate/validate.ts";
import { toCanonical } from "./canonical.ts";
import { readDuration } from "./duration.ts";
import type { FlowDocument } from "./grammar.ts";
import { readDocument } from "./read.ts";
import type { FlowFormat } from "./read.ts";
import { maxDepth, maxLength, scanText } from "./scan.ts";

const read = (text: string, format?: FlowFormat): unknown => {
  const { value, findings } = readDocument(text, format);
  assert.deepEqual(findings, []);
  return value;
};

const codesOf = (text: string, format?: FlowFormat): string[] => validateStructure(text, { format }).faults.map(({ code }) => code);

const letters = "bcdefghijk".split("");

/** Texts that a parser should never see, by why it is refused. */
const hostile: Readonly<Record<string, readonly [string, string]>> = {
  "100,000 items in one another": ["- ".repeat(100_000), "DOCUMENT_TOO_DEEP"],
  "100,000 brackets": ["[".repeat(100_000), "DOCUMENT_TOO_DEEP"],
  "100,000 maps in one another": ["{a: ".repeat(100_000), "DOCUMENT_TOO_DEEP"],
  "100,000 complex keys": ["? ".repeat(100_000), "DOCUMENT_TOO_DEEP"],
  "depth hidden behind a bracket in a text": [`a: "["\nb:\n${"- ".repeat(100_000)}`, "DOCUMENT_TOO_DEEP"],
  "depth by indentation": [Array.from({ length: 2_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"), "DOCUMENT_TOO_DEEP"],
  "an alias bomb in brackets": [
    `a: &a [${Array(9).fill("lol").join()}]\n${letters.map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${"abcdefghijk"[index]}`).join()}]`).join("\n")}`,
    "ALIASES_TOO_LARGE",
  ],
  "an alias bomb in blocks": [
    `a: &a\n${"- lol\n".repeat(9)}${letters.map((letter, index) => `${letter}: &${letter}\n${`- *${"abcdefghijk"[index]}\n`.repeat(9)}`).join("")}`,
    "ALIASES_TOO_LARGE",
  ],
  "an alias bomb right behind colons": [
    `{"a":&a [${Array(9).fill("lol").join()}], ${letters.map((letter, index) => `"${letter}":&${letter} [${Array(9).fill(`*${"abcdefghijk"[index]}`).join()}]`).join()}}`,
    "ALIASES_TOO_LARGE",
  ],
  "an alias bomb behind comments": [
    `a: &a [${Array(9).fill("lol").join()}]\n# &a\n${letters.map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${"abcdefghijk"[index]}`).join()}]\nx${letter}: 1 # &${letter}\n`).join("")}`,
    "ALIASES_TOO_LARGE",
  ],
  "5,000 merges of 5,000 keys": [
    `- &a {${Array.from({ length: 5_000 }, (_, key) => `k${key}: 1`).join()}}\n- {<<: [${Array(5_000).fill("*a").join()}]}`,
    "ALIASES_TOO_LARGE",
  ],
  "a key into prototypes": ["routes:\n  __proto__: { ref: x }", "FORBIDDEN_KEY"],
  "a quoted key into prototypes": ['{"constructor": 1}', "FORBIDDEN_KEY"],
  "more text than allowed": [`ref: ${"x".repeat(maxLength)}`, "DOCUMENT_TOO_LARGE"],
};

describe("texts", () => {
  for (const [name, [text, code]] of Object.entries(hostile)) {
    test(`refused before parsing: ${name}`, () => {
      assert.equal(scanText(text, false).refusal?.code, code);
    });
  }

  test("merges of maps without keys are counted", () => {
    const merges = letters.slice(0, 6).map((letter, index) => `${letter}: &${letter} {<<: [${Array(9).fill(`*${"abcdefghijk"[index]}`).join()}]}`);
    assert.ok(readDocument(["a: &a {}", ...merges].join("\n")).findings.some(({ code }) => code === "DOCUMENT_TOO_LARGE"));
  });

  test("hostile texts are refused in JSON too", () => {
    assert.deepEqual(codesOf("[".repeat(100_000), "json"), ["DOCUMENT_TOO_DEEP"]);
    assert.deepEqual(codesOf('{"__proto__": {"ref": "x"}}', "json"), ["FORBIDDEN_KEY"]);
    assert.deepEqual(codesOf('{"ref": "x", "config": {"__pr\\u006fto__": 1}}', "json").includes("FORBIDDEN_KEY"), true);
  });

  test("what slips through the scan is found by the reader: escaped keys, aliases of themselves", () => {
    assert.ok(codesOf('"__pr\\u006fto__": { ref: x }').includes("FORBIDDEN_KEY"));
    assert.ok(codesOf("ref: x\nconfig: &a [*a]").includes("TEXT_NOT_PARSEABLE"));
    assert.ok(codesOf("ref: x\nconfig: { x: &a { <<: *a }, y: { <<: *a } }").includes("TEXT_NOT_PARSEABLE"));
  });

  test("the scan takes linear time and the deepest document allowed is read", () => {
    const depth = maxDepth / 2 - 2;
    const deep = `${'{"type":"timeout","child":'.repeat(depth)}{"ref":"x"}${"}".repeat(depth)}`;
    assert.deepEqual(codesOf(deep), []);
    assert.deepEqual(codesOf(deep, "json"), []);
    const cpuOf = (text: string): number => {
      const begun = process.cpuUsage();
      scanText(text, false);
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / 1_000;
    };
    const line = "- { ref: &a step, name: *a, config: { text: 'x, y: [z]' } }\n";
    cpuOf(line.repeat(5_000));
    assert.ok(cpuOf(line.repeat(60_000)) < 2_000);
  });

  test("aliases and merges mean what they say", () => {
    assert.deepEqual(read("type: sequence\nchildren:\n  - &a { ref: x, name: one }\n  - *a\n  - { <<: *a, name: two }\n  - { <<: [{ ref: y }, *a] }\n"), {
      type: "sequence",
      children: [
        { ref: "x", name: "one" },
        { ref: "x", name: "one" },
        { ref: "x", name: "two" },
        { ref: "y", name: "one" },
      ],
    });
  });

  test("where a text is wanted YAML's numbers and words are their text; parameters keep their types", () => {
    assert.deepEqual(
      read("version: 1.0\nref: yes\nname: true\nroutes: { 1: { ref: 007 }, true: { ref: 0x1F } }\nconfig: { a: 1.0, b: true, c: no, d: 0x10 }\n"),
      {
        version: "1.0",
        ref: "yes",
        name: "true",
        routes: { "1": { ref: "007" }, true: { ref: "0x1F" } },
        config: { a: 1, b: true, c: "no", d: 16 },
      },
    );
    assert.deepEqual(codesOf('{"ref": "x", "version": 1}', "json"), ["WRONG_TYPE"]);
  });

  test("of several YAML documents the first is read; behind a JSON document nothing may stand", () => {
    assert.deepEqual(read("ref: a\n---\nref: b\n"), { ref: "a" });
    assert.deepEqual(codesOf('{"ref":"a"} {"ref":"b"}', "json"), ["TEXT_NOT_PARSEABLE"]);
    assert.deepEqual(codesOf(""), ["EMPTY_NODE"]);
    assert.deepEqual(codesOf("", "json"), ["TEXT_NOT_PARSEABLE"]);
  });

  test("objects are copied, bounded, and cannot be changed from outside", () => {
    const given = { type: "sequence" as const, children: [{ ref: "a" }] };
    const reading = readDocument(given);
    given.children.push({ ref: "b" });
    assert.deepEqual(reading.value, { type: "sequence", children: [{ ref: "a" }] });
    const cycle: Record<string, unknown> = { type: "timeout" };
    cycle["child"] = cycle;
    assert.deepEqual([...new Set(validateStructure(cycle as FlowDocument).faults.map(({ code }) => code))].includes("DOCUMENT_TOO_DEEP"), true);
  });

  test("YAML and JSON of any document read alike, and its one spelling stays", () => {
    const text = fc.string({ maxLength: 12 });
    const document = fc.letrec<{ node: object }>((tie) => ({
      node: fc.oneof(
        { depthSize: "small" },
        fc.record({ ref: text, name: text, config: fc.jsonValue({ maxDepth: 2 }) }),
        fc.record({ type: fc.constant("sequence"), children: fc.array(tie("node"), { maxLength: 3 }), attempts: fc.nat() }),
        fc.record({ type: fc.constant("switch"), condition: text, routes: fc.dictionary(text, tie("node"), { maxKeys: 3, noNullPrototype: true }) }),
      ),
    })).node;
    const isForbidden = /__proto__|constructor|prototype/;
    fc.assert(
      fc.property(document, (given) => {
        const json = JSON.stringify(given);
        fc.pre(!isForbidden.test(json));
        const [fromJson, fromYaml] = [readDocument(json, "json"), readDocument(stringify(given, { version: "1.2" }))];
        const codes = (reading: typeof fromJson): string[] => reading.findings.map(({ code, path }) => `${code} ${path}`);
        assert.deepEqual([fromYaml.value, codes(fromYaml)], [fromJson.value, codes(fromJson)]);
        fc.pre(fromJson.findings.length === 0);
        const canonical = toCanonical(fromJson.value as FlowDocument);
        assert.deepEqual(toCanonical(read(JSON.stringify(canonical), "json") as FlowDocument), canonical);
      }),
      { numRuns: 200 },
    );
  });
});

describe("durations", () => {
  test("numbers with units, added up", () => {
    const given: [string, number][] = [
      ["150ms", 150],
      ["1m30s", 90_000],
      ["1.5s", 1_500],
      [".5h", 1_800_000],
      ["+2us", 0.002],
      ["1h2m3s4ms", 3_723_004],
      ["3µs", 0.003],
    ];
    for (const [text, ms] of given) assert.ok(Math.abs((readDuration(text).ms ?? Number.NaN) - ms) < 1e-9, text);
  });

  test("nothing, less than nothing, days, words and what is longer than 292 years are none", () => {
    for (const text of ["0", "0s", "-1s", "", "-", "1", "1d", "soon", "1s2", " 1s", "1 s", "s", "9999999h"])
      assert.equal(readDuration(text).ms, undefined, text);
  });
});
