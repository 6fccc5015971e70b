import type { PlanningCatalog } from "@rivergen/contracts";

type Table = PlanningCatalog["tables"][number];
type Column = Table["columns"][number];

const column = (name: string, type: string, about: Partial<Column> = {}): Column => ({
  name,
  type,
  nullable: false,
  labels: [],
  description: "",
  synonyms: [],
  nullCount: 0,
  distinctCount: 50,
  min: null,
  max: null,
  values: [],
  valuesComplete: false,
  ...about,
});

const texts = (...values: string[]): Partial<Column> => ({
  distinctCount: values.length,
  values: values.map((value) => ({ value, count: 10 })),
  valuesComplete: true,
});

/** Harbours, the ships that sail between them, and cargo claims: tables made up for tests. */
export const harbourCatalog: PlanningCatalog = {
  tables: [
    {
      name: "voyages",
      title: "voyages",
      description: "",
      synonyms: ["crossing"],
      rowCount: 1000,
      primaryKey: ["voyage_id"],
      columns: [
        column("voyage_id", "integer", { distinctCount: 1000 }),
        column("departed_on", "date"),
        column("origin_code", "string", texts("HAM", "RTM", "OSL")),
        column("destination_code", "string", texts("HAM", "RTM", "OSL")),
        column("cargo_weight_tons", "double"),
        column("lateness_min", "integer"),
        column("cargo_kind", "string", texts("grain", "timber", "steel")),
      ],
    },
    {
      name: "harbours",
      title: "harbours",
      description: "",
      synonyms: [],
      rowCount: 3,
      primaryKey: ["code"],
      columns: [
        column("code", "string", { ...texts("HAM", "RTM", "OSL"), distinctCount: 3 }),
        column("harbour_name", "string", { ...texts("Hamburg", "Rotterdam", "Oslo"), distinctCount: 3 }),
        column("country", "string", texts("Germany", "Netherlands", "Norway")),
        column("berths", "integer"),
      ],
    },
    {
      name: "claims",
      title: "claims",
      description: "",
      synonyms: [],
      rowCount: 400,
      primaryKey: ["claim_id"],
      columns: [
        column("claim_id", "integer", { distinctCount: 400 }),
        column("voyage_id", "integer", { distinctCount: 300 }),
        column("claimed_amount", "decimal(12,2)"),
        column("paid_amount", "decimal(12,2)"),
        column("assessor", "string", { ...texts("Mara Lindqvist", "Tomas Ek"), nullCount: 20 }),
      ],
    },
  ],
  keys: [
    { from: { table: "voyages", column: "origin_code" }, to: { table: "harbours", column: "code" }, coverage: 1 },
    { from: { table: "voyages", column: "destination_code" }, to: { table: "harbours", column: "code" }, coverage: 1 },
    { from: { table: "claims", column: "voyage_id" }, to: { table: "voyages", column: "voyage_id" }, coverage: 1 },
  ],
};
