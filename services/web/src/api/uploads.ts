import type { Dataset } from "@rivergen/contracts";
import type { Session } from "./session.ts";

export type UploadState =
  | { readonly kind: "waiting" }
  /** `fraction` of the bytes sent; at 1 the platform reads the file. */
  | { readonly kind: "sending"; readonly fraction: number }
  /** `dataset` is null where the file is no table. */
  | { readonly kind: "done"; readonly dataset: Dataset | null }
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | { readonly kind: "cancelled" };

export interface Upload {
  readonly id: number;
  /** Where the file will lie: folders are kept. */
  readonly path: string;
  readonly sizeBytes: number;
  /** The table it was asked to become; by its path where undefined. */
  readonly dataset: string | undefined;
  readonly state: UploadState;
}

/** Files on their way to the platform; it lives as long as the page, whatever part of it is shown. */
export interface Uploads {
  readonly list: readonly Upload[];
  add(files: readonly { readonly path: string; readonly file: Blob }[]): void;
  cancel(id: number): void;
  /** Sends a file anew, as another table where a name is given. */
  retry(id: number, dataset?: string): void;
  /** Takes everything that ended out of the list. */
  clear(): void;
  listen(listener: () => void): () => void;
}

const parallel = 2;
const waitSeconds = 60;
export const isOver = ({ state }: Upload): boolean => state.kind !== "waiting" && state.kind !== "sending";

/** Opens the queue of a session; files go to the workspace that is chosen when their turn comes. */
export function createUploads(session: Session): Uploads {
  const { set, change, ...shown } = openList();
  const files = new Map<number, Blob>();
  const requests = new Map<number, XMLHttpRequest>();
  let lastId = 0;

  const work = (): void => {
    const free = parallel - requests.size;
    for (const upload of shown
      .list()
      .filter(({ state }) => state.kind === "waiting")
      .slice(0, Math.max(0, free)))
      begin(upload);
  };
  const begin = (upload: Upload): void => {
    const file = files.get(upload.id);
    if (!file) return;
    const end = (state: UploadState): void => {
      requests.delete(upload.id);
      change(upload.id, state);
      work();
    };
    change(upload.id, { kind: "sending", fraction: 0 });
    requests.set(
      upload.id,
      send(session, upload, file, (fraction) => change(upload.id, { kind: "sending", fraction }), end),
    );
  };
  window.addEventListener("beforeunload", (event) => {
    if (requests.size > 0) event.preventDefault();
  });
  return {
    get list() {
      return shown.list();
    },
    add(chosen) {
      const added = chosen.map(({ path, file }): Upload => {
        files.set(++lastId, file);
        return { id: lastId, path, sizeBytes: file.size, dataset: undefined, state: { kind: "waiting" } };
      });
      set([...shown.list(), ...added]);
      work();
    },
    cancel(id) {
      requests.get(id)?.abort();
      requests.delete(id);
      change(id, { kind: "cancelled" });
      work();
    },
    retry(id, dataset) {
      change(id, { kind: "waiting" }, dataset);
      work();
    },
    clear() {
      for (const upload of shown.list()) if (isOver(upload)) files.delete(upload.id);
      set(shown.list().filter((upload) => !isOver(upload)));
    },
    listen: shown.listen,
  };
}

/** What is shown of the queue. */
function openList() {
  const listeners = new Set<() => void>();
  let list: readonly Upload[] = [];
  const set = (next: readonly Upload[]): void => {
    list = next;
    for (const listener of listeners) listener();
  };
  return {
    list: () => list,
    set,
    change: (id: number, state: UploadState, dataset?: string): void =>
      set(list.map((upload) => (upload.id === id ? { ...upload, dataset: dataset ?? upload.dataset, state } : upload))),
    listen: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Sends one file. A plain request tells how much has been sent; streams of `fetch` would need HTTP/2. */
function send(
  session: Session,
  { path, dataset }: Upload,
  file: Blob,
  onSent: (fraction: number) => void,
  onEnd: (state: UploadState) => void,
): XMLHttpRequest {
  const request = new XMLHttpRequest();
  const query = dataset === undefined ? "" : `?dataset=${encodeURIComponent(dataset)}`;
  request.open("PUT", `/v1/files/${encodeURIComponent(path)}${query}`);
  request.setRequestHeader("authorization", `Bearer ${session.current?.token ?? ""}`);
  request.setRequestHeader("x-workspace-id", session.current?.workspaceId ?? "");
  request.setRequestHeader("content-type", file.type || "application/octet-stream");
  request.setRequestHeader("prefer", `wait=${waitSeconds}`);
  request.upload.addEventListener("progress", ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total));
  request.addEventListener("load", () => onEnd(readAnswer(request)));
  request.addEventListener("error", () => onEnd({ kind: "failed", code: "SERVICE_UNAVAILABLE", message: "" }));
  request.send(file);
  return request;
}

function readAnswer({ status, responseText }: XMLHttpRequest): UploadState {
  const answer = parse(responseText);
  if (status >= 200 && status < 300) return { kind: "done", dataset: (answer["dataset"] as Dataset | null | undefined) ?? null };
  const [code, detail] = [answer["code"], answer["detail"]];
  return { kind: "failed", code: typeof code === "string" ? code : String(status), message: typeof detail === "string" ? detail : "" };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
