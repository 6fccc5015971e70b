import { createHash, randomBytes } from "node:crypto";

/** What is kept of a key or a link: never the thing itself. */
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A new API key, 256 random bits. */
export const createKeyText = (): string => `rgk_${randomBytes(32).toString("base64url")}`;
