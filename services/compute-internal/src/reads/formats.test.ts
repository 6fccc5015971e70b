import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, formatTypes } from "@rivergen/contracts";
import { chooseFormat } from "./formats.ts";

test("the parameter comes before the header", () => {
  assert.equal(chooseFormat("csv", "application/json"), "csv");
});

test("JSON where nothing is asked for, or anything will do", () => {
  for (const accept of [undefined, "", " ", "*/*", "application/*", "text/html, */*;q=0.8"])
    assert.equal(chooseFormat(undefined, accept), "json", String(accept));
});

test("every format is found by its media type", () => {
  for (const [format, type] of Object.entries(formatTypes)) assert.equal(chooseFormat(undefined, type.toUpperCase()), format);
});

test("the heaviest known type wins, the first of equals", () => {
  assert.equal(chooseFormat(undefined, "application/json;q=0.5, text/csv"), "csv");
  assert.equal(chooseFormat(undefined, "text/csv; q=0.2, application/json ; q=0.9"), "json");
  assert.equal(chooseFormat(undefined, "text/csv, application/json"), "csv");
  assert.equal(chooseFormat(undefined, "text/csv;header=present;q=0.1, application/x-ndjson;q=0.2"), "ndjson");
  assert.equal(chooseFormat(undefined, "application/json;q=0, text/csv;q=0.1"), "csv");
});

test("what cannot be given is refused with what can", () => {
  for (const accept of ["text/html", "image/*", "application/json;q=0"])
    assert.throws(
      () => chooseFormat(undefined, accept),
      (error: unknown) => error instanceof AppError && error.code === "NOT_ACCEPTABLE" && /text\/csv/.test(error.details.detail ?? ""),
      accept,
    );
});
