import { Button, Select, Skeleton } from "@mantine/core";
import type { River } from "@rivergen/contracts";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { oneRiver, riverVersions } from "../../api/queries.ts";
import { useToast } from "../../app/toasts.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { toYaml } from "../../components/river/river-text.ts";
import { useErrorToast } from "../../components/run/use-run-actions.ts";
import { formatAgo } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { Diff } from "./diff.tsx";
import classes from "./rivers.module.css";

const words = texts.rivers;

/** Two versions side by side, and the way back to an earlier one. */
export function VersionsTab({ river }: { readonly river: River }) {
  const { from, to } = useSearch({ from: "/inside/rivers/$river" });
  const navigate = useNavigate();
  const { data, error, refetch } = useInfiniteQuery(riverVersions(useApi(), river.name));
  const versions = data?.pages.flatMap((page) => page.items);
  const newer = toVersion(to) ?? river.version;
  const older = toVersion(from) ?? Math.max(1, newer - 1);
  const compare = (left: number, right: number): void => {
    const search = { tab: "versions", from: String(left), to: String(right) };
    void navigate({ to: "/rivers/$river", params: { river: river.name }, search, replace: true });
  };
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!versions) return <Skeleton height={320} />;
  if (river.version === 1)
    return (
      <EmptyState title={words.onlyVersion} text={words.onlyVersionText}>
        <Button variant="light" renderRoot={(props) => <Link to="/rivers/$river" params={{ river: river.name }} search={{}} {...props} />}>
          {words.toDocument}
        </Button>
      </EmptyState>
    );
  return (
    <div className={classes.stack}>
      <div className={classes.bar}>
        <Choice label={words.compareFrom} versions={versions} value={older} onChoose={(version) => compare(version, newer)} />
        <Choice label={words.compareTo} versions={versions} value={newer} onChoose={(version) => compare(older, version)} />
        <Rollback river={river} version={older} />
      </div>
      <Comparison river={river.name} older={older} newer={newer} />
    </div>
  );
}

const toVersion = (text: string | undefined): number | undefined => (text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined);

interface ChoiceProps {
  readonly label: string;
  readonly versions: readonly River[];
  readonly value: number;
  onChoose(version: number): void;
}

function Choice({ label, versions, value, onChoose }: ChoiceProps) {
  const data = versions.map(({ version, createdAt }) => ({ value: String(version), label: `${words.version(version)} · ${formatAgo(createdAt)}` }));
  return (
    <Select
      label={label}
      size="sm"
      w={220}
      data={data}
      value={String(value)}
      allowDeselect={false}
      onChange={(chosen) => chosen !== null && onChoose(Number(chosen))}
    />
  );
}

function Comparison({ river, older, newer }: { readonly river: string; readonly older: number; readonly newer: number }) {
  const api = useApi();
  const left = useQuery(oneRiver(api, river, older));
  const right = useQuery(oneRiver(api, river, newer));
  const error = left.error ?? right.error;
  if (error) return <ErrorState error={error} />;
  if (!left.data || !right.data) return <Skeleton height={320} />;
  return (
    <Diff
      label={words.diff(older, newer)}
      heads={[words.version(older), words.version(newer)]}
      older={toYaml(left.data.document)}
      newer={toYaml(right.data.document)}
    />
  );
}

function Rollback({ river, version }: { readonly river: River; readonly version: number }) {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const show = useToast();
  const onError = useErrorToast();
  const rollback = useMutation({
    mutationFn: () => api.rollbackRiver({ params: { river: river.name }, body: { version } }),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: keys.rivers() });
      show({ title: words.rolledBack(made.version), tone: "good" });
      return navigate({ to: "/rivers/$river", params: { river: river.name }, search: { tab: "versions" }, replace: true });
    },
    onError,
  });
  if (version >= river.version) return null;
  return (
    <Button size="sm" variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} loading={rollback.isPending} onClick={() => rollback.mutate()}>
      {words.rollback(version)}
    </Button>
  );
}
