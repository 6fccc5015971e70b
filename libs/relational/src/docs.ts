import type { FunctionEntry } from "./catalogue/entry.ts";
import { functionCatalogue } from "./catalogue/index.ts";
import { dateParts, extraParts, timeParts } from "./catalogue/time.ts";
import { maxDepth, maxNodes } from "./cursor.ts";
import { reservedWords } from "./parser.ts";

const list = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

const intro = `# Expressions

What stands in \`filter\`, \`derive\`, \`aggregate\` and the other operators of a river: SQL's scalar expressions, parsed, checked against the columns and their types before anything runs, and printed for the engine. This page is generated from the function catalogue (\`npm run generate\`); do not edit it.

## Types
\`boolean\`, \`integer\` (64 bits, signed), \`decimal(p,s)\` (p up to 38), \`double\`, \`string\` (Unicode), \`date\`, \`time\`, \`timestamp\` (wall clock), \`timestamptz\` (instant), \`interval\`, \`json\`, \`binary\`, \`list<T>\`, \`struct<name: T, …>\`.

Without a cast, integer widens to decimal and to double, and date to timestamp. Everything else is written: \`cast(x as T)\` fails the run where a value cannot be read, naming step, column and one such value; \`try_cast(x as T)\` gives null there. \`x::T\` is \`cast(x as T)\`. Decimals and doubles become integers by rounding half away from zero.

## Literals
| written | type |
|---|---|
| \`1\` | integer |
| \`1.5\` | decimal(2,1) |
| \`1e3\` | double |
| \`'it''s'\` | string |
| \`true\`, \`false\`, \`null\` | boolean, boolean, any |
| \`date '2024-01-31'\`, \`time '10:00:00'\` | date, time |
| \`timestamp '2024-01-31 10:00:00'\`, \`timestamptz '2024-01-31 10:00:00+00'\` | timestamp, timestamptz |
| \`interval '3 days'\`, \`interval '1 month 12 hours'\` | interval |
| \`json '{"a": 1}'\` | json |
| \`[1, 2]\` | list<integer> |
| \`$name\` | a parameter of the river, of its declared type |
| \`column\`, \`"Any Column"\`, \`column.field\` | a column; the field of a struct |

Column names are matched exactly first, then without case where that is unambiguous. A name with other characters, or one of the words ${list(reservedWords)}, stands in double quotes.

## Operators, loosest first
| operator | meaning |
|---|---|
| \`or\`, \`and\`, \`not\` | three-valued logic: null is unknown |
| \`=\` \`<>\` \`!=\` \`<\` \`<=\` \`>\` \`>=\` | null where a side is null; they do not chain; texts compare by code point |
| \`is [not] null\`, \`is [not] true\`, \`is [not] false\`, \`is [not] distinct from\` | never null |
| \`[not] in (…)\`, \`[not] between … and …\`, \`[not] like\`, \`[not] ilike\` (\`escape 'c'\`) | |
| \`\\|\\|\` | joins texts or lists; with null it is null |
| \`+\` \`-\` | integers overflow as an error; a date plus or minus whole days (or months, years) is a date, otherwise a timestamp; date minus date counts days |
| \`*\` \`/\` \`%\` \`div\` \`mod\` | \`/\` gives a double; \`/\`, \`div\`, \`mod\` and \`%\` by zero give null |
| \`-x\` | |
| \`x::type\`, \`x[1]\` (the first is 1, a negative one counts from the end; null outside), \`x.field\`, \`x at time zone 'Europe/Paris'\` | |

\`case when … then … else … end\` and \`case x when … then … end\`; \`cast\`, \`try_cast\`; \`extract(part from x)\` with the parts ${list([...dateParts, ...timeParts, ...extraParts])} (weeks begin on Monday; \`isodow\` is 1 on Monday, \`dow\` is 0 on Sunday; \`epoch\` is a double, all others are integers).

Zones are explicit: parts of an instant are taken after \`at time zone\`.

## Order
Nulls come last in both directions, unless \`nulls first\` is written. Ties that a \`limit\`, \`row_number\`, \`ntile\`, \`lag\`, \`lead\`, \`first_value\`, \`last_value\` or a \`rows\` frame could see are broken by the remaining columns, so that a result is the same every time; \`rank\`, \`dense_rank\` and \`percent_rank\` keep their ties.

## Aggregates and windows
Aggregates stand in \`aggregate\` values, \`having\`, and in \`window\` values; window calls in \`window\` values only. Any aggregate takes \`filter (where …)\`. In \`window\` values a call runs over the operator's \`by\`, \`orderBy\` and \`frame\`, or over its own \`over (partition by … order by … rows between … and …)\`.

## Limits
An expression is nested at most ${maxDepth} deep and has at most ${maxNodes.toLocaleString("en")} parts.

## Functions
In a signature \`number\` is any number, \`N\` one number type that the result keeps, \`T\` one type that the result keeps; \`part\`, \`count\`, \`share\` and \`text\` are written out as literals (a date part, a whole number, a number from 0 to 1, a text; \`count\` and \`text\` may be parameters).
`;

function renderEntry(entry: FunctionEntry): string {
  const signatures = entry.overloads.map((overload) => `\`${overload.signature}\``).join("<br>");
  const notes = [entry.doc, entry.approximate ? "Approximate." : "", entry.windowOrder === "required" ? "Needs an order." : ""]
    .filter((note) => note !== "")
    .join(" ");
  return `| ${signatures} | ${notes} | \`${entry.example}\` |`.replaceAll(/(?<!\\)\|\|/g, "\\|\\|");
}

/** The text of docs/expressions.md, made from the catalogue. */
export function renderExpressionDocs(): string {
  const groups = [...new Set(functionCatalogue.map((entry) => entry.group))];
  const tables = groups.map((group) => {
    const entries = functionCatalogue.filter((entry) => entry.group === group);
    return `\n### ${group}\n| signature | meaning | example |\n|---|---|---|\n${entries.map(renderEntry).join("\n")}\n`;
  });
  return intro + tables.join("");
}
