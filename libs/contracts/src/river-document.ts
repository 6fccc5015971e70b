import { z } from "zod";
import { VersionNumber } from "./common.ts";

/** Map whose keys keep their order; values are refined by the validator of libs/river. */
const map = <T extends z.ZodType>(value: T) => z.record(z.string(), value);
/** An expression; YAML writes numbers and truth values bare. */
const expression = z.union([z.string(), z.number(), z.boolean()]);
/** Names of columns, either listed or as `new name → expression`. */
const names = z.union([z.array(z.string()), map(expression)]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One operator: exactly one of these keys (docs/rivers.md says what each means). */
export const Operator = z.strictObject({
  select: names.optional(),
  drop: z.array(z.string()).optional(),
  rename: map(z.string()).optional(),
  cast: map(z.union([z.string(), z.strictObject({ to: z.string(), onError: z.enum(["fail", "null"]).optional() })])).optional(),
  derive: map(expression).optional(),
  filter: expression.optional(),
  dropNulls: z.union([z.array(z.string()), z.literal("all")]).optional(),
  fillNulls: map(expression).optional(),
  dedupe: z.strictObject({ by: z.array(z.string()), keep: z.enum(["first", "last", "any"]).optional(), orderBy: z.array(z.string()).optional() }).optional(),
  join: z
    .strictObject({
      to: z.string(),
      as: z.string().optional(),
      using: z.array(z.string()).optional(),
      where: expression.optional(),
      type: z.enum(["inner", "left", "right", "full", "semi", "anti", "cross"]).optional(),
      columns: map(expression).optional(),
    })
    .optional(),
  union: z
    .strictObject({
      with: z.array(z.string()).optional(),
      by: z.enum(["name", "position"]).optional(),
      distinct: z.boolean().optional(),
      fillMissing: z.boolean().optional(),
    })
    .optional(),
  intersect: z.strictObject({ with: z.string() }).optional(),
  except: z.strictObject({ with: z.string() }).optional(),
  aggregate: z.strictObject({ by: names.optional(), values: map(expression), having: expression.optional() }).optional(),
  window: z.strictObject({ by: names.optional(), orderBy: z.array(z.string()).optional(), values: map(expression), frame: z.string().optional() }).optional(),
  orderBy: z.array(z.string()).optional(),
  limit: z
    .union([
      z.number().int(),
      z.strictObject({
        rows: z.number().int(),
        offset: z.number().int().optional(),
        by: z.array(z.string()).optional(),
        orderBy: z.array(z.string()).optional(),
      }),
    ])
    .optional(),
  sql: z.string().optional(),
});
export type Operator = z.output<typeof Operator>;

export const Step = z.strictObject({
  from: z.union([z.string(), z.array(z.string())]),
  do: z.array(Operator).optional(),
  /** A flow over records, in the language of docs/flows.md, or the name of a saved one: `name`, `name@version`. The validator of libs/river refines both. */
  flow: z.union([z.string(), map(z.unknown())]).optional(),
  /** Column → type of what a flow adds or changes. */
  columns: map(z.string()).optional(),
  ...Operator.shape,
});
export type Step = z.output<typeof Step>;

export const RiverOutput = z.strictObject({
  from: z.string(),
  mode: z.enum(["replace", "append"]).optional(),
  columns: map(z.string()).optional(),
  onSchemaChange: z.literal("fail").optional(),
});

/**
 * The canonical river document: the only thing that runs. Parts of the language whose engine does not exist yet are
 * known to the validator of libs/river (it answers `NOT_AVAILABLE` at their path) and absent here.
 */
export const RiverDocument = z
  .strictObject({
    apiVersion: z.literal("rivergen.dev/v1"),
    river: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
    description: z.string().max(2_000).optional(),
    labels: map(z.string()).optional(),
    parameters: map(z.strictObject({ type: z.string(), default: scalar.optional() })).optional(),
    sources: map(z.strictObject({ dataset: z.string(), version: VersionNumber.optional() })),
    steps: map(Step).optional(),
    outputs: map(RiverOutput),
    resilience: z.strictObject({ timeout: z.string().optional() }).optional(),
    engine: z.enum(["auto", "duckdb"]).optional(),
  })
  .meta({ id: "RiverDocument" });
export type RiverDocument = z.output<typeof RiverDocument>;
