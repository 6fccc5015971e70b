import { type ClipboardEvent, useEffect, useState } from "react";
import { texts } from "../../texts/index.ts";
import type { PageStore } from "./page-store.ts";
import type { TableColumn, TableRow } from "./row-source.ts";
import { mostCopied, rangeOf, type Selection, toTsv } from "./selection.ts";

const words = texts.table;
const shownMs = 3_000;

/** Copies the selected cells as tab-separated text; what is not here yet is read first. `message` says what was done, for a while. */
export function useCopy(store: PageStore, columns: readonly TableColumn[]) {
  const [message, setMessage] = useState("");
  useEffect(() => {
    if (message === "") return;
    const timer = setTimeout(() => setMessage(""), shownMs);
    return () => clearTimeout(timer);
  }, [message]);

  const onCopy = (event: ClipboardEvent, selection: Selection | undefined): void => {
    if (!selection) return;
    event.preventDefault();
    const { firstRow, lastRow, firstColumn, lastColumn } = rangeOf(selection);
    const chosen = columns.slice(firstColumn, lastColumn + 1);
    if (lastRow < 0) return event.clipboardData.setData("text/plain", chosen.map(({ name }) => name).join("\t"));
    const from = Math.max(0, firstRow);
    const end = Math.min(lastRow + 1, from + mostCopied);
    const done = end <= lastRow ? words.copiedSome(end - from) : words.copied(end - from);
    const rows = Array.from({ length: end - from }, (_, index) => store.rowAt(from + index));
    if (rows.every((row): row is TableRow => row !== undefined)) {
      event.clipboardData.setData("text/plain", toTsv(rows, chosen));
      setMessage(done);
      return;
    }
    store
      .read(from, end, AbortSignal.timeout(60_000))
      .then(
        async (read) => {
          await navigator.clipboard.writeText(toTsv(read, chosen));
          setMessage(done);
        },
        () => setMessage(words.copyFailed),
      )
      .catch(() => setMessage(words.copyFailed));
  };
  return { message, onCopy };
}
