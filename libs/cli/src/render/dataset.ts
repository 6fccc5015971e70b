import type { Dataset } from "@rivergen/contracts";
import { labelled } from "./labelled.ts";
import { formatAmount, formatBytes, formatCount } from "./number.ts";
import type { Canvas } from "./style.ts";
import { renderTable } from "./table.ts";
import { pad, displayWidth, flow, safeText } from "./text.ts";

/** What became of uploaded files: `flights    3,000,000 rows   5 columns`. */
export function renderUploads(
  uploads: readonly { readonly file: { readonly path: string; readonly sizeBytes: number }; readonly dataset: Dataset | null }[],
  canvas: Canvas,
): string[] {
  const names = uploads.map(({ file, dataset }) => safeText(dataset?.name ?? file.path));
  const width = Math.max(...names.map(displayWidth));
  return uploads.flatMap(({ file, dataset }, at) => {
    const name = pad(names[at] ?? "", width);
    if (!dataset) return [`${name}   stored, ${formatBytes(file.sizeBytes)}; no table`];
    return [flow([name, ...describeState(dataset, canvas)], Number.POSITIVE_INFINITY).join(""), ...renderRemarks(dataset, canvas)];
  });
}

function describeState(dataset: Dataset, { style }: Canvas): string[] {
  if (dataset.status === "rejected" && dataset.version === 0) return [style.bad("rejected")];
  const rejected = dataset.rejected?.count ?? 0;
  return [
    dataset.status === "profiling" ? "still being read" : dataset.rowCount === null ? "rows unknown" : formatAmount(dataset.rowCount, "row"),
    ...(dataset.columns.length > 0 ? [formatAmount(dataset.columns.length, "column")] : []),
    ...(dataset.version > 1 ? [`version ${dataset.version}`] : []),
    ...(rejected > 0 ? [style.warn(`${formatAmount(rejected, "row")} rejected`)] : []),
    ...(dataset.status === "rejected" ? [style.bad("newest file rejected")] : []),
  ];
}

/** Everything a reader of a dataset must know: why it was refused, rows left out, labels, what was guessed. */
function renderRemarks(dataset: Dataset, canvas: Canvas): string[] {
  const { style } = canvas;
  const shown = dataset.rejected?.sample.slice(0, 5) ?? [];
  const left = (dataset.rejected?.count ?? 0) - shown.length;
  const labels = dataset.columns.filter((column) => column.labels.length > 0);
  return [
    ...(dataset.reason === undefined ? [] : labelled("  reason", safeText(dataset.reason).split(" "), canvas, " ")),
    ...shown.flatMap(({ line, column, reason, text }) =>
      labelled(
        "  rejected",
        [
          [...(line === null ? [] : [`line ${formatCount(line)}`]), ...(column === null ? [] : [safeText(column)])].join(", "),
          safeText(reason),
          style.dim(safeText(text).slice(0, 80)),
        ],
        canvas,
      ),
    ),
    ...(left > 0 && shown.length > 0 ? labelled("", [`and ${formatCount(left)} more: river datasets ${dataset.name}`], canvas) : []),
    ...(labels.length > 0
      ? labelled(
          "  labels",
          labels.map((column) => `${safeText(column.name)}: ${style.warn(column.labels.map(safeText).join(", "))}`),
          canvas,
        )
      : []),
    ...dataset.columns.flatMap((column) =>
      column.note === undefined ? [] : labelled("  note", [`${safeText(column.name)}: ${safeText(column.note)}`], canvas),
    ),
    ...(dataset.dialect?.notes ?? []).flatMap((note) => labelled("  note", [safeText(note)], canvas)),
  ];
}

/** Keys between tables: `key found  flights.origin, flights.destination → airports.iata`. */
export function renderKeys(datasets: readonly Dataset[], canvas: Canvas): string[] {
  const byTarget = new Map<string, string[]>();
  for (const { name, keys } of datasets) {
    for (const { column, to, coverage } of keys ?? []) {
      const target = `${safeText(to.dataset)}.${safeText(to.column)}`;
      const share = coverage < 0.9995 ? ` (${Math.floor(coverage * 1000) / 10} %)` : "";
      byTarget.set(target, [...(byTarget.get(target) ?? []), `${safeText(name)}.${safeText(column)}${share}`]);
    }
  }
  return [...byTarget].flatMap(([target, from], at) =>
    labelled(at === 0 ? (byTarget.size === 1 ? "key found" : "keys found") : "", [`${from.join(", ")} → ${target}`], canvas),
  );
}

/** All datasets, one a line. */
export function renderDatasets(datasets: readonly Dataset[], canvas: Canvas): string[] {
  if (datasets.length === 0) return ["no datasets yet: river upload <file>"];
  const rows = datasets.map((dataset) => [
    dataset.name,
    dataset.status,
    dataset.version,
    dataset.rowCount === null ? "" : formatCount(dataset.rowCount),
    dataset.columns.length,
    dataset.sizeBytes === null ? "" : formatBytes(dataset.sizeBytes),
    [...new Set(dataset.columns.flatMap((column) => column.labels))].join(", "),
    dataset.updatedAt.slice(0, 16).replace("T", " "),
  ]);
  const integer = { type: "integer" };
  return renderTable(
    [
      { name: "dataset" },
      { name: "status" },
      { name: "version", ...integer },
      { name: "rows", ...integer },
      { name: "columns", ...integer },
      { name: "size", ...integer },
      { name: "labels" },
      { name: "updated" },
    ],
    rows,
    canvas,
  );
}

/** One dataset with its columns. */
export function renderDataset(dataset: Dataset, canvas: Canvas): string[] {
  const heads = [{ name: "column" }, { name: "type" }, { name: "null" }, { name: "labels" }, { name: "description" }];
  const rows = dataset.columns.map(({ name, type, nullable, labels, description }) => [
    name,
    type,
    nullable ? "may be null" : "",
    labels.join(", "),
    description,
  ]);
  // A column of which nothing is known for any row is left out.
  const told = heads.map((_, at) => rows.some((row) => row[at] !== ""));
  const unlabelled = { ...dataset, columns: dataset.columns.map((column) => ({ ...column, labels: [] })) };
  return [
    ...renderUploads([{ file: { path: dataset.source.path ?? "", sizeBytes: 0 }, dataset: unlabelled }], canvas),
    ...(dataset.description === "" ? [] : [safeText(dataset.description)]),
    "",
    ...renderTable(
      heads.filter((_, at) => told[at]),
      rows.map((row) => row.filter((_, at) => told[at])),
      canvas,
    ),
    ...renderKeys([dataset], canvas),
  ];
}
