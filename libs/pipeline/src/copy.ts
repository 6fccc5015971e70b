/** Gives a value that shares nothing which the original can be changed by. */
export type Copy = <T>(value: T) => T;

/** A value that knows how to copy itself. */
export interface Cloneable {
  clone(): unknown;
}

/**
 * The copy that nodes with several readers of one input give each of them (docs/adr/0006).
 * Plain objects, arrays, maps, sets, dates and binary data are copied deeply, cycles kept, an object without others inside once per place; objects with a method `clone` copy themselves;
 * functions and objects of other classes are shared, for nothing is known of them.
 */
export const copyOf: Copy = (value) => (isPrimitive(value) ? value : (copyDeep(value, undefined) as typeof value));

/** No copy: for data that nobody writes to. */
export const shareInput: Copy = (value) => value;

/** Objects on the way and their copies; made only when something nests. */
type Seen = Map<object, unknown>;

const isPrimitive = (value: unknown): boolean => typeof value !== "object" || value === null;

function copyDeep(value: unknown, seen: Seen | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return copyArray(value, seen);
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype === Object.prototype || prototype === null) return copyPlain(value as Record<string, unknown>, seen, prototype === null);
  return seen?.get(value) ?? copyOther(value, seen);
}

function copyArray(value: readonly unknown[], seen: Seen | undefined): unknown {
  const known = seen?.get(value);
  if (known !== undefined) return known;
  const made: unknown[] = value.slice();
  let memory = seen;
  for (let index = 0; index < made.length; index += 1) {
    const item = made[index];
    if (typeof item !== "object" || item === null) continue;
    memory = remember(memory, value, made);
    made[index] = copyDeep(item, memory);
  }
  return made;
}

function copyPlain(value: Record<string, unknown>, seen: Seen | undefined, isBare: boolean): unknown {
  const known = seen?.get(value);
  if (known !== undefined) return known;
  const made: Record<string, unknown> = isBare ? Object.assign(Object.create(null) as Record<string, unknown>, value) : { ...value };
  let memory = seen;
  for (const key in made) {
    const item = made[key];
    if (typeof item !== "object" || item === null) continue;
    memory = remember(memory, value, made);
    made[key] = copyDeep(item, memory);
  }
  return made;
}

function copyOther(value: object, seen: Seen | undefined): unknown {
  if (typeof (value as Partial<Cloneable>).clone === "function") return (value as Cloneable).clone();
  if (value instanceof Date || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return structuredClone(value);
  if (value instanceof Map) {
    const made = new Map<unknown, unknown>();
    const memory = remember(seen, value, made);
    for (const [key, item] of value) made.set(copyDeep(key, memory), copyDeep(item, memory));
    return made;
  }
  if (value instanceof Set) {
    const made = new Set<unknown>();
    const memory = remember(seen, value, made);
    for (const item of value) made.add(copyDeep(item, memory));
    return made;
  }
  return value;
}

function remember(seen: Seen | undefined, from: object, to: unknown): Seen {
  const memory = seen ?? new Map<object, unknown>();
  if (!memory.has(from)) memory.set(from, to);
  return memory;
}
