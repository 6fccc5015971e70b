import type { DuckDBConnection } from "@duckdb/node-api";
import type { ColumnProfile } from "./model.ts";
import { groupsOf, name, rows, text } from "./sql.ts";

/** Labels that columns get by the evidence of their values. */
export type PersonalLabel = "pii.email" | "pii.phone" | "pii.card" | "pii.iban";

const sampleRows = 2_000;
/** Share of the values that must match. */
const minShare = 0.8;
/** Different matching values that are enough evidence; a short column may have fewer if all of its values match. */
const minDistinct = 3;

const email = /^[^\s@,;<>"]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,24}$/u;
const international = /^(?:\+|00)\d(?:[ ()./-]*\d){6,14}(?: ?(?:x|ext\.?) ?\d{1,6})?$/i;
const national =
  /^(?:\(0?\d{1,5}\)[ -]?\d{2,5}(?:[ .-]?\d{2,5}){1,3}|0\d{1,4}[ /-]\d{2,}(?:[ -]?\d{2,}){0,4}|\d{3}[ .-]\d{3}[ .-]\d{4}|\d{3}-\d{4}|1[ .-]\d{3}[ .-]\d{3}[ .-]\d{4})(?: ?(?:x|ext\.?) ?\d{1,6})?$/i;
const bareDigits = /^\d{7,15}$/;
const phoneName = /(?:^|[^a-z])(?:phone|telephone|tel|mobile|cell|fax|telefon|handy|telefono|gsm|msisdn)/i;

/** Passes the check digit of payment cards and starts like one. */
export function isCard(value: string): boolean {
  const digits = value.replaceAll(/[ -]/g, "");
  if (!/^[2-6]\d{12,18}$/.test(digits) || /^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Passes ISO 7064 mod 97-10 as IBANs do. */
export function isIban(value: string): boolean {
  const bare = value.replaceAll(/[ -]/g, "").toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(bare)) return false;
  let remainder = 0;
  for (const character of bare.slice(4) + bare.slice(0, 4)) {
    const code = character.charCodeAt(0);
    remainder = code >= 65 ? (remainder * 100 + code - 55) % 97 : (remainder * 10 + code - 48) % 97;
  }
  return remainder === 1;
}

const isEmail = (value: string): boolean => value.length <= 254 && email.test(value);

/** A phone number by its form; bare digits count only where the column is called so. */
export function isPhone(value: string, columnName: string): boolean {
  return international.test(value) || national.test(value) || (phoneName.test(columnName) && bareDigits.test(value));
}

/** The labels that a column's values prove. `values` may repeat. */
export function labelsOf(columnName: string, values: readonly string[]): PersonalLabel[] {
  const tests: readonly (readonly [PersonalLabel, (value: string) => boolean])[] = [
    ["pii.email", isEmail],
    ["pii.iban", isIban],
    ["pii.card", isCard],
    ["pii.phone", (value) => isPhone(value, columnName)],
  ];
  const bare = values.map((value) => value.trim()).filter((value) => value !== "");
  const distinct = new Set(bare);
  for (const [label, matches] of tests) {
    const matching = new Set([...distinct].filter(matches));
    const share = bare.filter((value) => matching.has(value)).length / Math.max(1, bare.length);
    const enough = matching.size >= minDistinct || (matching.size === distinct.size && matching.size > 0 && label !== "pii.phone");
    if (enough && share >= minShare) return [label];
  }
  return [];
}

/** Looks at a sample of every column that may hold personal data and gives the labels that its values prove. */
export async function findLabels(connection: DuckDBConnection, relation: string, profiles: readonly ColumnProfile[]): Promise<Map<string, PersonalLabel[]>> {
  const labels = new Map<string, PersonalLabel[]>();
  const open = profiles.filter(
    (profile) => profile.distinctCount > 0 && (profile.type === "string" || (profile.type === "integer" && (profile.max ?? "").length >= 7)),
  );
  for (const group of groupsOf(open, 100)) {
    const list = group.map((profile, index) => `CAST(${name(profile.name)} AS VARCHAR) AS c${index}`).join(", ");
    const sample = await rows<Record<string, string | null>>(
      connection,
      `SELECT ${list} FROM ${relation} USING SAMPLE reservoir(${sampleRows} ROWS) REPEATABLE (1)`,
    );
    for (const [index, profile] of group.entries()) {
      const values = sample.flatMap((found) => found[`c${index}`] ?? []);
      const found = labelsOf(profile.name, values.length >= 20 ? values : await firstValues(connection, relation, profile.name));
      if (found.length > 0) labels.set(profile.name, found);
    }
  }
  return labels;
}

async function firstValues(connection: DuckDBConnection, relation: string, column: string): Promise<string[]> {
  const found = await rows<{ value: string }>(
    connection,
    `SELECT CAST(${name(column)} AS VARCHAR) AS value FROM ${relation} WHERE ${name(column)} IS NOT NULL AND CAST(${name(column)} AS VARCHAR) <> ${text("")} LIMIT 500`,
  );
  return found.map(({ value }) => value);
}
