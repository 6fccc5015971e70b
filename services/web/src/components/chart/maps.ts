import type { GeoJSONSourceInput } from "echarts/types/src/coord/geo/geoTypes.js";
import { registerMap } from "echarts/core";
import { whenReachable } from "../lazy-part.ts";

/** Fetches and registers the map a chart needs, once. */
export async function loadMap(kind: string): Promise<void> {
  if (kind === "states") await (states ??= whenReachable(loadStates));
  if (kind === "points") await (world ??= whenReachable(loadWorld));
}
let states: Promise<void> | undefined;
let world: Promise<void> | undefined;

/** Shapes come already projected (Albers, with Alaska and Hawaii moved beside), y downwards. */
async function loadStates(): Promise<void> {
  const [{ feature }, atlas] = await Promise.all([import("topojson-client"), import("us-atlas/states-albers-10m.json")]);
  const shapes = feature(atlas.default as never, atlas.default.objects.states as never);
  registerMap("us-states", flip(shapes) as GeoJSONSourceInput);
}

async function loadWorld(): Promise<void> {
  const [{ feature }, atlas] = await Promise.all([import("topojson-client"), import("world-atlas/land-110m.json")]);
  registerMap("world", feature(atlas.default as never, atlas.default.objects.land as never) as unknown as GeoJSONSourceInput);
}

/** ECharts draws y upwards. */
function flip(value: unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === "number" ? [value[0], -(value[1] as number)] : value.map(flip);
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === "properties" ? part : flip(part)]));
  return value;
}
