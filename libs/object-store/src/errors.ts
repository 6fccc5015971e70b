import { AppError } from "@rivergen/contracts";

const UNAVAILABLE = new Set(["ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE", "ENFILE", "ESTALE", "ENOMEM"]);
/** A key lies under another one, or over it. */
const NESTED = new Set(["ENOTDIR", "EISDIR", "ENOTEMPTY", "EEXIST"]);

/** Says what an error of the file system means. */
export function toStoreError(error: unknown): unknown {
  const { code = "", syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (error instanceof AppError || syscall === undefined) return error;
  if (UNAVAILABLE.has(code)) return new AppError("STORE_UNAVAILABLE", {}, error);
  if (NESTED.has(code)) return new AppError("INVALID_OBJECT_KEY", { detail: "No object may lie under another one" }, error);
  return error;
}

export function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENOTDIR";
}
