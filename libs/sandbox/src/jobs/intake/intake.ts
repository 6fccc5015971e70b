import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JobContext, JobDefinition } from "../job.ts";
import { readArrow } from "./arrow.ts";
import { readCsv } from "./csv.ts";
import { detectEncoding, transcode } from "./encoding.ts";
import { finishNative, finishText } from "./finish.ts";
import { inflate } from "./inflate.ts";
import { readJson } from "./json.ts";
import { defaultLimits, Unreadable } from "./model.ts";
import type { Dialect, IntakeInput, IntakeLimits, IntakeOutput } from "./model.ts";
import { readParquet } from "./parquet.ts";
import { claimOf, contentOf, foreignName } from "./sniff.ts";
import type { Claim } from "./sniff.ts";
import type { NativeTable, TextTable } from "./table.ts";

const headBytes = 2 ** 16;

/** A file on its way: where its bytes are now, and what was unfolded so far. */
interface Piece {
  readonly path: string;
  readonly head: Buffer;
  readonly compression: Dialect["compression"];
}

/**
 * Turns an uploaded file into a typed table: reads it in whatever form it proves to have, types its columns by the
 * evidence of all rows, writes Parquet, and describes the result. Faults of the file are answers, not failures.
 */
async function runIntake(context: JobContext, input: IntakeInput): Promise<IntakeOutput> {
  const limits = { ...defaultLimits, ...input.limits };
  try {
    const table = await openTable(context, input, limits);
    if (table === undefined) return { status: "not_tabular" };
    return table.kind === "native" ? await finishNative(context, input, table) : await finishText(context, input, table);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { status: "rejected", code: error.code, reason: error.message, columns: error.columns, dialect: error.dialect, rejected: error.rejected };
  }
}

/** The intake as a job of the sandbox. */
export const intake: JobDefinition<IntakeInput, IntakeOutput> = { settings: ["SET TimeZone='UTC'"], run: runIntake };

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Unfolds compression (two layers at most), so that what remains is the file itself. */
async function unfold(context: JobContext, input: IntakeInput, limits: IntakeLimits): Promise<Piece> {
  let piece: Piece = { path: join(context.folder.in, input.file), head: await readHead(join(context.folder.in, input.file)), compression: null };
  for (let layer = 1; layer <= 2; layer += 1) {
    const kind = contentOf(piece.head);
    if (kind !== "gzip" && kind !== "zstd") return piece;
    const path = join(context.folder.tmp, `plain${layer}`);
    await inflate(piece.path, path, kind, limits);
    piece = { path, head: await readHead(path), compression: piece.compression ?? kind };
  }
  throw new Unreadable("The file is compressed more than twice. Compress it once and upload it again.");
}

async function openTable(context: JobContext, input: IntakeInput, limits: IntakeLimits): Promise<TextTable | NativeTable | undefined> {
  const piece = await unfold(context, input, limits);
  const claim = claimOf(input.fileName, input.contentType);
  switch (contentOf(piece.head)) {
    case "empty":
      return refuseUnlessClaimless(claim, "The file is empty. Upload one with at least a header.");
    case "parquet": {
      const table = await readParquet(context.connection, piece.path, limits);
      return { ...table, inPlace: table.inPlace && piece.compression === null, dialect: { ...table.dialect, compression: piece.compression } };
    }
    case "arrow_file":
    case "arrow_stream": {
      const table = await readArrow(context.connection, piece.path, contentOf(piece.head) === "arrow_file", limits, (rowsDone) =>
        context.progress(null, rowsDone),
      );
      return { ...table, dialect: { ...table.dialect, compression: piece.compression } };
    }
    case "text":
      return openText(context, input, piece, claim, limits);
    default:
      return refuseUnlessClaimless(
        claim,
        `The file is called ${claim ?? "a table"} but holds ${foreignName(piece.head) ?? "binary data"}. Upload the table itself.`,
      );
  }
}

function refuseUnlessClaimless(claim: Claim, reason: string): undefined {
  if (claim !== undefined && claim !== "prose") throw new Unreadable(reason);
  return undefined;
}

async function openText(context: JobContext, input: IntakeInput, piece: Piece, claim: Claim, limits: IntakeLimits): Promise<TextTable | undefined> {
  if (claim === "prose") return undefined;
  if (claim === "parquet" || claim === "arrow")
    throw new Unreadable(`The file is called ${claim} but holds text. Upload the ${claim} file itself, or name it by what it is.`);
  const hints = input.hints?.dialect ?? {};
  const text = await toUtf8(context, piece, hints.encoding);
  const base = { ...text, compression: piece.compression, limits, tmp: context.folder.tmp };
  const head = (await readHead(text.path)).subarray(text.markBytes);
  if (claim === "json" || claim === "ndjson")
    return readJson({ ...base, head, claimsLines: claim === "ndjson", progress: (rowsDone) => context.progress(null, rowsDone) });
  if (claim === undefined && looksLikeJson(head))
    return readJson({ ...base, head, claimsLines: false, progress: (rowsDone) => context.progress(null, rowsDone) });
  return readCsv({ ...base, claim, hints, progress: (fraction, rowsDone) => context.progress(fraction * 0.4, rowsDone) });
}

const looksLikeJson = (head: Buffer): boolean => /^\s*[[{]/.test(head.toString("latin1"));

/** The text in UTF-8: the file itself, or a copy in the scratch folder. */
async function toUtf8(context: JobContext, piece: Piece, hint: string | undefined): Promise<{ path: string; markBytes: number; encoding: string }> {
  const encoding = await detectEncoding(piece.path, piece.head, hint);
  if (encoding.label === "utf-8") return { path: piece.path, markBytes: encoding.markBytes, encoding: encoding.label };
  const path = join(context.folder.tmp, "utf8.txt");
  await transcode(piece.path, path, encoding);
  if (piece.compression !== null) await rm(piece.path);
  return { path, markBytes: 0, encoding: encoding.label };
}
