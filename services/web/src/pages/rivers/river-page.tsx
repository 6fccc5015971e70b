import { Anchor, Badge, Button, Skeleton, Tabs } from "@mantine/core";
import type { River } from "@rivergen/contracts";
import { IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/context.tsx";
import { oneRiver } from "../../api/queries.ts";
import { Page } from "../../components/page.tsx";
import { PageError } from "../../components/page-error.tsx";
import { texts } from "../../texts/index.ts";
import { nameRiver } from "../../texts/river-name.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { DocumentTab } from "./document-tab.tsx";
import { PlanTab } from "./plan-tab.tsx";
import { RunDialog } from "./run-dialog.tsx";
import { RunsTab } from "./runs-tab.tsx";
import { useStartRun } from "./use-start-run.ts";
import { VersionsTab } from "./versions-tab.tsx";

const words = texts.rivers;
const tabs = ["document", "graph", "versions", "runs"] as const;

/** One river: its text, its plan, its versions and its runs. */
export function RiverPage() {
  const { river: name } = useParams({ from: "/inside/rivers/$river" });
  const { data: river, error, refetch } = useQuery(oneRiver(useApi(), name));
  return (
    <Page
      wide
      title={nameRiver(river?.name ?? name)}
      trail={<Trail />}
      badge={river ? <Version river={river} /> : !error && <Skeleton height={20} width={76} />}
      actions={river ? <Actions river={river} /> : !error && <Skeleton height={36} width={200} />}
    >
      {error && !river && <PageError error={error} onRetry={() => void refetch()} />}
      {river ? <Content river={river} /> : !error && <Skeleton height={560} mt={54} />}
    </Page>
  );
}

function Content({ river }: { readonly river: River }) {
  const { tab } = useSearch({ from: "/inside/rivers/$river" });
  const navigate = useNavigate();
  const chosen = tabs.find((known) => known === tab) ?? "document";
  // What was begun to be written stays, while another tab is looked at.
  const [isBegun, setIsBegun] = useState(false);
  if (chosen === "document" && !isBegun) setIsBegun(true);
  const show = (next: string | null): void => {
    void navigate({ to: "/rivers/$river", params: { river: river.name }, search: next === null || next === "document" ? {} : { tab: next }, replace: true });
  };
  // A draft has one version and no name of its own.
  const shown = river.draft ? tabs.filter((name) => name !== "versions") : tabs;
  return (
    <Tabs value={chosen} onChange={show} keepMounted={false}>
      <Tabs.List mb="md">
        {shown.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {words.tabs[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="document" keepMounted={isBegun}>
        <DocumentTab river={river} />
      </Tabs.Panel>
      <Tabs.Panel value="graph">
        <PlanTab river={river} />
      </Tabs.Panel>
      <Tabs.Panel value="versions">
        <VersionsTab river={river} />
      </Tabs.Panel>
      <Tabs.Panel value="runs">
        <RunsTab river={river} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Actions({ river }: { readonly river: River }) {
  const [dialog, setDialog] = useState<"run" | "delete">();
  const start = useStartRun(river.id);
  const hasParameters = Object.keys(river.document.parameters ?? {}).length > 0;
  return (
    <>
      {!river.draft && (
        <Button variant="subtle" color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setDialog("delete")}>
          {texts.frame.delete}
        </Button>
      )}
      <Button
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        loading={start.isPending}
        onClick={() => (hasParameters ? setDialog("run") : start.mutate({}))}
      >
        {words.run}
      </Button>
      {dialog === "run" && <RunDialog river={river} start={start} onClose={() => setDialog(undefined)} />}
      {dialog === "delete" && <DeleteDialog river={river} onClose={() => setDialog(undefined)} />}
    </>
  );
}

function Version({ river: { version, draft } }: { readonly river: River }) {
  return (
    <Badge variant="light" color={draft ? "yellow" : "gray"} radius="sm" tt="none" fw={600}>
      {draft ? texts.runs.draft : words.version(version)}
    </Badge>
  );
}

function Trail() {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/rivers" {...props} />}>
      {words.title}
    </Anchor>
  );
}
