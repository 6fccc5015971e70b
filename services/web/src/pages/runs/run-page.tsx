import { Anchor, Button, Group, Skeleton } from "@mantine/core";
import { isRunOver, pointer, type Run } from "@rivergen/contracts";
import { IconPlayerPlay, IconPlayerStop, IconRipple } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useRef } from "react";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { oneRiver, oneRun } from "../../api/queries.ts";
import { Page } from "../../components/page.tsx";
import { PageError } from "../../components/page-error.tsx";
import { RunFailure } from "../../components/run/run-failure.tsx";
import { RunPicture } from "../../components/run/run-picture.tsx";
import { RunProgress } from "../../components/run/run-progress.tsx";
import { RunResults } from "../../components/run/run-results.tsx";
import { isResumable, writtenBy } from "../../components/run/step-facts.ts";
import { useErrorToast, useRunActions } from "../../components/run/use-run-actions.ts";
import { texts } from "../../texts/index.ts";
import { isUnkept, nameRiver } from "../../texts/river-name.ts";
import { RunFacts } from "./run-page-facts.tsx";
import { RunLog } from "./run-page-log.tsx";
import { RunSteps } from "./run-page-steps.tsx";
import classes from "./run-page.module.css";

const words = texts.run;

/** One run: live while it goes, and the same for everybody who looks. */
export function RunPage() {
  const { run: id } = useParams({ from: "/inside/runs/$run" });
  const { data: run, error, refetch } = useQuery(oneRun(useApi(), id));
  return (
    <Page
      title={run ? titleOf(run) : words.titleUnknown}
      heading={run || error ? undefined : <span className={classes.unknown}>{words.titleUnknown}</span>}
      trail={<Trail run={run} />}
      actions={run ? <Actions run={run} /> : !error && <Skeleton height={36} width={260} />}
    >
      {error && !run && <PageError error={error} onRetry={() => void refetch()} />}
      {!run && !error && <Waiting />}
      {run && <Content run={run} />}
    </Page>
  );
}

const titleOf = ({ river }: Run): string => (isUnkept(river.name) ? words.titleOfAnswer : words.title(river.name));

function Content({ run }: { readonly run: Run }) {
  const { output } = useSearch({ from: "/inside/runs/$run" });
  const { show, goTo, goToNode, results } = useLook(run.id);
  // What stands below the picture would move when the picture comes.
  const { isPending } = useQuery(oneRiver(useApi(), run.river.id, run.river.version));
  if (isPending)
    return (
      <div className={classes.content}>
        <RunProgress run={run} />
        <RunFailure run={run} />
        <Skeleton height={480} />
      </div>
    );
  return (
    <div className={classes.content}>
      <RunProgress run={run} />
      <RunFailure run={run} />
      <RunPicture run={run} mostHeight={480} onSelect={goToNode} />
      {writtenBy(run).length > 0 && (
        <div ref={results} className={classes.results}>
          <h2 className={classes.heading}>{words.result}</h2>
          <RunResults run={run} output={output} onOutput={show} />
        </div>
      )}
      <RunSteps run={run} onOutput={goTo} />
      <RunFacts run={run} />
      <RunLog run={run} />
    </div>
  );
}

/** Ways to look at something that was written; it is in the address. */
function useLook(run: string) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const results = useRef<HTMLDivElement>(null);
  const show = useCallback(
    (output: string): void => void navigate({ to: "/runs/$run", params: { run }, search: { output }, replace: true, resetScroll: false }),
    [navigate, run],
  );
  const goTo = useCallback(
    (output: string): void => {
      show(output);
      results.current?.scrollIntoView({ block: "start" });
    },
    [show],
  );
  // The same function while the run goes on: a node that stays chosen must not choose again with every event.
  const goToNode = useCallback(
    (node: string | undefined): void => {
      const step = queries.getQueryData<Run>(keys.run(run))?.steps.find(({ name }) => node === pointer("", "steps", name));
      if (step?.setAside) goTo(step.setAside.output);
    },
    [queries, run, goTo],
  );
  return { show, goTo, goToNode, results };
}

function Trail({ run }: { readonly run: Run | undefined }) {
  return (
    <Group gap={6}>
      <Anchor size="sm" renderRoot={(props) => <Link to="/runs" {...props} />}>
        {texts.runs.title}
      </Anchor>
      {run && (
        <>
          <span aria-hidden>/</span>
          <span>
            {nameRiver(run.river.name)} · {words.version(run.river.version)}
          </span>
        </>
      )}
    </Group>
  );
}

function Actions({ run }: { readonly run: Run }) {
  const { cancel, resume } = useRunActions(run.id);
  const again = useRunAgain(run);
  const isOver = isRunOver(run.status);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRipple size={16} aria-hidden />}
        renderRoot={(props) => <Link to="/rivers/$river" params={{ river: run.river.id }} {...props} />}
      >
        {words.openRiver}
      </Button>
      {!isOver && (
        <Button color="red" variant="light" leftSection={<IconPlayerStop size={16} aria-hidden />} loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {words.cancel}
        </Button>
      )}
      {isResumable(run) && (
        <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} title={words.resumeHint} loading={resume.isPending} onClick={() => resume.mutate()}>
          {words.resume}
        </Button>
      )}
      {isOver && !isResumable(run) && (
        <Button variant="default" leftSection={<IconPlayerPlay size={16} aria-hidden />} loading={again.isPending} onClick={() => again.mutate()}>
          {words.again}
        </Button>
      )}
    </>
  );
}

/** The same version with the same parameters, as a new run. */
function useRunAgain(run: Run) {
  const api = useApi();
  const navigate = useNavigate();
  const onError = useErrorToast();
  return useMutation({
    mutationFn: () => api.startRun({ params: { river: run.river.id }, body: { parameters: run.parameters, version: run.river.version } }),
    onSuccess: ({ id }) => navigate({ to: "/runs/$run", params: { run: id } }),
    onError,
  });
}

function Waiting() {
  return (
    <div className={classes.content} aria-busy>
      <Skeleton height={38} />
      <Skeleton height={240} />
      <Skeleton height={320} />
    </div>
  );
}
