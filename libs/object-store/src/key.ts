import { AppError } from "@rivergen/contracts";

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$/;
const KEY_LIMIT = 900;

/** @throws INVALID_OBJECT_KEY for anything that is not made of generated ids */
export function requireKey(key: string): string {
  const isValid = key.length <= KEY_LIMIT && key.split("/").every((segment) => SEGMENT.test(segment));
  if (!isValid) throw new AppError("INVALID_OBJECT_KEY");
  return key;
}

/** A prefix is the beginning of a key, or empty. @throws INVALID_OBJECT_KEY */
export function requirePrefix(prefix: string): string {
  if (prefix !== "") requireKey(prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
  return prefix;
}
