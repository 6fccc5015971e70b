import { ActionIcon, Button, Progress, Text } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconCircleCheck, IconClock, IconFileUnknown, IconLoader2, IconRefresh, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useUploads } from "../../../api/context.tsx";
import { isOver, type Upload } from "../../../api/uploads.ts";
import { formatBytes, formatShare } from "../../../texts/format.ts";
import { texts } from "../../../texts/index.ts";
import { OtherName } from "./other-name.tsx";
import classes from "./uploads.module.css";

const words = texts.data.upload;

/** Every file on its way, with what became of it. */
export function UploadList() {
  const { uploads, list } = useUploads();
  if (list.length === 0) return null;
  const over = list.filter(isOver).length;
  return (
    <section className={classes.list} aria-label={words.title}>
      <header className={classes.listHead}>
        <Text fw={600} size="sm" role="status">
          {words.progress(over, list.length)}
        </Text>
        {over > 0 && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => uploads.clear()}>
            {words.clear}
          </Button>
        )}
      </header>
      <ul className={classes.items}>
        {list.map((upload) => (
          <UploadItem key={upload.id} upload={upload} />
        ))}
      </ul>
    </section>
  );
}

function UploadItem({ upload }: { readonly upload: Upload }) {
  const { state } = upload;
  const { icon: Icon, tone } = signs[signOf(upload)];
  return (
    <li className={classes.item}>
      <Icon size={18} stroke={1.8} className={tone} aria-hidden />
      <div className={classes.what}>
        <div className={classes.path}>
          {upload.path} <span className={classes.size}>{formatBytes(upload.sizeBytes)}</span>
        </div>
        <div className={classes.outcome}>
          <Outcome upload={upload} />
        </div>
        {state.kind === "sending" && state.fraction < 1 && <Progress value={state.fraction * 100} size={3} aria-label={upload.path} />}
      </div>
      <Act upload={upload} />
    </li>
  );
}

function Outcome({ upload: { id, path, state } }: { readonly upload: Upload }) {
  if (state.kind === "waiting") return words.waiting;
  if (state.kind === "cancelled") return words.cancelled;
  if (state.kind === "sending") return state.fraction < 1 ? words.sending(formatShare(state.fraction)) : words.reading;
  if (state.kind === "failed") {
    if (state.code === "DATASET_NAME_TAKEN") return <OtherName id={id} path={path} />;
    return <span className={classes.bad}>{state.message || words.unreachable}</span>;
  }
  const { dataset } = state;
  if (!dataset) return words.noTable;
  if (dataset.status === "rejected") return <span className={classes.bad}>{dataset.reason}</span>;
  const rejected = dataset.rejected?.count ?? 0;
  return (
    <>
      <Link to="/data/$dataset" params={{ dataset: dataset.name }}>
        {dataset.name}
      </Link>{" "}
      {dataset.status === "ready" ? words.ready(dataset.rowCount ?? 0, dataset.columns.length) : words.stillReading}
      {rejected > 0 && (
        <Link to="/data/$dataset" params={{ dataset: dataset.name }} search={{ tab: "rejected" }} className={classes.warn}>
          {words.rejectedRows(rejected)}
        </Link>
      )}
    </>
  );
}

function Act({ upload }: { readonly upload: Upload }) {
  const { uploads } = useUploads();
  const { kind } = upload.state;
  if (kind === "done") return null;
  if (!isOver(upload)) {
    return (
      <ActionIcon variant="subtle" color="gray" aria-label={words.cancel(upload.path)} onClick={() => uploads.cancel(upload.id)}>
        <IconX size={16} />
      </ActionIcon>
    );
  }
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={words.retry(upload.path)} onClick={() => uploads.retry(upload.id)}>
      <IconRefresh size={16} />
    </ActionIcon>
  );
}

const signs = {
  waiting: { icon: IconClock, tone: classes.plain },
  working: { icon: IconLoader2, tone: classes.spin },
  good: { icon: IconCircleCheck, tone: classes.good },
  partly: { icon: IconAlertTriangle, tone: classes.warn },
  noTable: { icon: IconFileUnknown, tone: classes.plain },
  bad: { icon: IconAlertTriangle, tone: classes.bad },
  stopped: { icon: IconBan, tone: classes.plain },
} as const;

function signOf({ state }: Upload): keyof typeof signs {
  if (state.kind === "waiting") return "waiting";
  if (state.kind === "sending") return "working";
  if (state.kind === "failed") return "bad";
  if (state.kind === "cancelled") return "stopped";
  if (!state.dataset) return "noTable";
  if (state.dataset.status === "rejected") return "bad";
  if (state.dataset.status === "profiling") return "working";
  return (state.dataset.rejected?.count ?? 0) > 0 ? "partly" : "good";
}
