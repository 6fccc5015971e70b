/** What the first bytes of a file prove it to be. `text` may still be anything; `binary` is nothing that can be read. */
export type Content = "empty" | "gzip" | "zstd" | "parquet" | "arrow_file" | "arrow_stream" | "text" | "binary";

/** What the name or content type claims, without a compression ending. */
export type Claim = "csv" | "tsv" | "json" | "ndjson" | "parquet" | "arrow" | "prose" | undefined;

const claimsByEnding: Readonly<Record<string, Claim>> = {
  csv: "csv",
  psv: "csv",
  tsv: "tsv",
  tab: "tsv",
  json: "json",
  geojson: "json",
  ndjson: "ndjson",
  jsonl: "ndjson",
  parquet: "parquet",
  pq: "parquet",
  arrow: "arrow",
  arrows: "arrow",
  feather: "arrow",
  ipc: "arrow",
};

const proseEndings = new Set(
  "md markdown rst html htm xml svg css js mjs cjs ts tsx jsx py rb go rs java c h cpp sh sql yaml yml toml ini conf log tex rtf hocon".split(" "),
);

const claimsByType: Readonly<Record<string, Claim>> = {
  "text/csv": "csv",
  "application/csv": "csv",
  "text/tab-separated-values": "tsv",
  "application/json": "json",
  "application/geo+json": "json",
  "application/x-ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "application/vnd.apache.parquet": "parquet",
  "application/vnd.apache.arrow.file": "arrow",
  "application/vnd.apache.arrow.stream": "arrow",
};

/** What a file says it is: by its ending (below `.gz` or `.zst`), else by its content type. */
export function claimOf(fileName: string, contentType: string | undefined): Claim {
  const bare = fileName.toLowerCase().replace(/\.(gz|gzip|zst|zstd)$/, "");
  const ending = /\.([a-z0-9]+)$/.exec(bare)?.[1] ?? "";
  if (Object.hasOwn(claimsByEnding, ending)) return claimsByEnding[ending];
  if (proseEndings.has(ending)) return "prose";
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return Object.hasOwn(claimsByType, type) ? claimsByType[type] : undefined;
}

const startsWith = (head: Uint8Array, ...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte);
const ascii = (head: Uint8Array, start: number, length: number): string => Buffer.from(head.subarray(start, start + length)).toString("latin1");

/** Tells the content of a file by its first bytes (some kilobytes are enough). */
export function contentOf(head: Uint8Array): Content {
  if (head.length === 0) return "empty";
  if (startsWith(head, 0x1f, 0x8b)) return "gzip";
  if (startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  if (ascii(head, 0, 4) === "PAR1" || ascii(head, 0, 4) === "PARE") return "parquet";
  if (ascii(head, 0, 6) === "ARROW1") return "arrow_file";
  if (startsWith(head, 0xff, 0xff, 0xff, 0xff) && isArrowLength(head)) return "arrow_stream";
  if (foreignName(head) !== undefined) return "binary";
  return isText(head) ? "text" : "binary";
}

function isArrowLength(head: Uint8Array): boolean {
  const length = head.length >= 8 ? new DataView(head.buffer, head.byteOffset).getInt32(4, true) : 0;
  return length > 0 && length < 2 ** 26 && length % 8 === 0;
}

const foreign: readonly (readonly [string, string])[] = [
  ["\x89PNG", "a PNG picture"],
  ["\xff\xd8\xff", "a JPEG picture"],
  ["GIF8", "a GIF picture"],
  ["%PDF", "a PDF document"],
  ["PK\x03\x04", "a ZIP archive or an Excel workbook: save the sheet as CSV, or upload the files inside"],
  ["\xd0\xcf\x11\xe0", "an old Excel or Word document: save the sheet as CSV"],
  ["BZh", "a bzip2 file: compress it with gzip or zstd"],
  ["\xfd7zXZ", "an xz file: compress it with gzip or zstd"],
  ["7z\xbc\xaf", "a 7z archive: upload the files inside"],
  ["Rar!", "a RAR archive: upload the files inside"],
  ["\x7fELF", "a program"],
  ["SQLite format 3", "an SQLite database"],
  ["ORC", "an ORC file: convert it to Parquet"],
  ["Obj\x01", "an Avro file: convert it to Parquet"],
];

/** The name of a known format that is no table, by its first bytes. */
export function foreignName(head: Uint8Array): string | undefined {
  const start = ascii(head, 0, 16);
  return foreign.find(([magic]) => start.startsWith(magic))?.[1];
}

/** Text in any of the encodings that are read: no NUL outside UTF-16, and hardly any control characters. */
function isText(head: Uint8Array): boolean {
  if (startsWith(head, 0xff, 0xfe) || startsWith(head, 0xfe, 0xff)) return true;
  if (utf16Guess(head) !== undefined) return true;
  let controls = 0;
  for (const byte of head) {
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 1 && byte !== 30 && byte !== 31) controls += 1;
  }
  return controls * 100 <= Math.max(head.length, 200);
}

/** UTF-16 without a mark: nearly every second byte is NUL, on one side only. */
export function utf16Guess(head: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const length = Math.min(head.length - (head.length % 2), 4_096);
  if (length < 8) return undefined;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (head[at] === 0) even += 1;
    if (head[at + 1] === 0) odd += 1;
  }
  const half = length / 2;
  if (odd > half * 0.4 && even < half * 0.02) return "utf-16le";
  return even > half * 0.4 && odd < half * 0.02 ? "utf-16be" : undefined;
}
