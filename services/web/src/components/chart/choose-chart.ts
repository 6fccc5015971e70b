import usStates from "./us-states.json" with { type: "json" };

/** What a result can be drawn as. `points` and `states` are maps. */
export const chartKinds = ["number", "bar", "line", "area", "scatter", "points", "states"] as const;
export type ChartKind = (typeof chartKinds)[number];

export interface ChartColumn {
  readonly name: string;
  readonly type: string;
}
export type ChartRow = Readonly<Record<string, unknown>>;

/** Which columns a drawing takes: `x` along the axis (for maps: longitude or state), `y` the measures, `series` the colours. */
export interface ChartChoice {
  readonly kind: ChartKind;
  readonly x: string | null;
  readonly y: readonly string[];
  readonly series: string | null;
}

const mostCategories = 60;
const mostSeries = 8;

/** Whether a column holds numbers that can be measured. */
export const isNumeric = ({ type }: ChartColumn): boolean => /^(integer|bigint|smallint|tinyint|hugeint|double|float|real|decimal)/.test(type);
/** Whether a column lies on a time axis. */
export const isTemporal = ({ type }: ChartColumn): boolean => /^(date|timestamp)/.test(type);
const isText = ({ type }: ChartColumn): boolean => type === "string" || type === "boolean";

/** Every drawing that makes sense of a result, the best first; empty where none does. */
export function chooseCharts(columns: readonly ChartColumn[], rows: readonly ChartRow[]): readonly ChartChoice[] {
  const numbers = columns.filter(isNumeric);
  if (rows.length === 0 || numbers.length === 0) return [];
  const coordinates = findCoordinates(columns);
  const places = new Set<string>(coordinates);
  const measures = numbers.filter(({ name }) => !places.has(name) && !isKeyLike(name, rows));
  const choices = [
    ...single(columns, numbers, rows),
    ...mapped(columns, measures, rows, coordinates),
    ...overTime(columns, measures, rows),
    ...byCategory(columns, measures, rows),
    ...scattered(numbers, rows),
  ];
  return choices.filter((choice, index) => choices.findIndex(({ kind }) => kind === choice.kind) === index);
}

function single(columns: readonly ChartColumn[], numbers: readonly ChartColumn[], rows: readonly ChartRow[]): ChartChoice[] {
  return rows.length === 1 && columns.length <= 3 ? [{ kind: "number", x: null, y: numbers.map(({ name }) => name), series: null }] : [];
}

function mapped(
  columns: readonly ChartColumn[],
  measures: readonly ChartColumn[],
  rows: readonly ChartRow[],
  coordinates: readonly [string, string] | readonly [],
): ChartChoice[] {
  const measure = measures[0]?.name;
  const states = columns.find((column) => isText(column) && holdsStates(column.name, rows));
  return [
    ...(states && measure !== undefined && rows.length > 1 ? [{ kind: "states", x: states.name, y: [measure], series: null } as const] : []),
    ...(coordinates.length === 2
      ? [{ kind: "points", x: coordinates[0], y: [coordinates[1], ...(measure === undefined ? [] : [measure])], series: null } as const]
      : []),
  ];
}

function overTime(columns: readonly ChartColumn[], measures: readonly ChartColumn[], rows: readonly ChartRow[]): ChartChoice[] {
  const time = findTime(columns);
  const rest = measures.filter(({ name }) => name !== time?.name);
  if (!time || rest.length === 0 || rows.length < 2) return [];
  const series = columns.find((column) => isText(column) && isBetween(countDistinct(column.name, rows), 2, mostSeries));
  const y = series ? [rest[0]?.name ?? ""] : rest.slice(0, mostSeries).map(({ name }) => name);
  const shape = { x: time.name, y, series: series?.name ?? null };
  // Several values at one time without a series would draw a zigzag.
  if (!series && countDistinct(time.name, rows) < rows.length) return [];
  return [{ kind: "line", ...shape }, { kind: "area", ...shape }, ...(rows.length <= mostCategories ? [{ kind: "bar", ...shape } as const] : [])];
}

/** A column of times, else one of numbers that is named for what it counts. */
const findTime = (columns: readonly ChartColumn[]): ChartColumn | undefined =>
  columns.find(isTemporal) ?? columns.find((column) => isNumeric(column) && /^(year|month|week|quarter|day|hour)s?$/i.test(column.name));

function byCategory(columns: readonly ChartColumn[], measures: readonly ChartColumn[], rows: readonly ChartRow[]): ChartChoice[] {
  const texts = columns.filter(isText);
  const category = texts.find(({ name }) => countDistinct(name, rows) === rows.length) ?? texts[0] ?? columns.find((column) => !measures.includes(column));
  const first = measures.find(({ name }) => name !== category?.name);
  if (!category || !first || rows.length < 2 || countDistinct(category.name, rows) > mostCategories) return [];
  if (countDistinct(category.name, rows) === rows.length) {
    const y = measures.filter(({ name }) => name !== category.name).slice(0, 3);
    return [{ kind: "bar", x: category.name, y: y.map(({ name }) => name), series: null }];
  }
  const series = texts.find((column) => column !== category && isBetween(countDistinct(column.name, rows), 2, mostSeries));
  return series ? [{ kind: "bar", x: category.name, y: [first.name], series: series.name }] : [];
}

function scattered(numbers: readonly ChartColumn[], rows: readonly ChartRow[]): ChartChoice[] {
  const [x, y] = numbers;
  return x && y && rows.length > 2 ? [{ kind: "scatter", x: x.name, y: [y.name], series: null }] : [];
}

function findCoordinates(columns: readonly ChartColumn[]): readonly [string, string] | readonly [] {
  const find = (pattern: RegExp): string | undefined => columns.find((column) => isNumeric(column) && pattern.test(column.name))?.name;
  const longitude = find(/^(lon|lng|long|longitude)$|_(lon|lng|longitude)$/i);
  const latitude = find(/^(lat|latitude)$|_(lat|latitude)$/i);
  return longitude !== undefined && latitude !== undefined ? [longitude, latitude] : [];
}

/** Numbers that name things (years, ids) are no measures where something else is. */
const isKeyLike = (name: string, rows: readonly ChartRow[]): boolean => /^(year|month|week|quarter|day|hour)$|(^|_)id$/i.test(name) && rows.length > 1;

function holdsStates(name: string, rows: readonly ChartRow[]): boolean {
  const values = rows.map((row) => row[name]).filter((value) => typeof value === "string");
  return values.length > 1 && values.filter((value) => findState(value) !== undefined).length >= values.length * 0.9;
}

const stateNames: ReadonlyMap<string, string> = new Map(
  Object.entries(usStates).flatMap(([code, name]) => [[code, name] as const, [name.toLowerCase(), name] as const]),
);
/** The full name of a U.S. state given by its code or name. */
export const findState = (text: string): string | undefined => stateNames.get(text) ?? stateNames.get(text.trim().toLowerCase());

const isBetween = (value: number, low: number, high: number): boolean => value >= low && value <= high;
const countDistinct = (name: string, rows: readonly ChartRow[]): number => new Set(rows.map((row) => row[name])).size;
