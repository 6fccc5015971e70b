import { Anchor, Badge, Group, Skeleton, Text } from "@mantine/core";
import type { Prompt } from "@rivergen/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { allDatasets, onePrompt } from "../../api/queries.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { PageError } from "../../components/page-error.tsx";
import { Page } from "../../components/page.tsx";
import { formatShare } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./answer.module.css";
import { AskBox } from "./ask-box.tsx";
import { Clarify } from "./clarify.tsx";
import { Question } from "./question.tsx";
import { Refusal } from "./refusal.tsx";
import { Understanding } from "./understanding.tsx";
import { useAsk } from "./use-ask.ts";
import { useLooking } from "./use-looking.ts";
import { Workbench } from "./workbench.tsx";

const words = texts.ask.answer;

/** What became of a question: its plan, a question back, or an honest no. */
export function AnswerPage() {
  const { prompt: id } = useParams({ from: "/inside/ask/$prompt" });
  const { data: prompt, error, refetch } = useQuery(onePrompt(useApi(), id));
  // Parts of the answer name tables: waited for, so that nothing below them moves.
  const { isPending } = useQuery(allDatasets(useApi()));
  if (!prompt || isPending)
    return (
      <Page title={texts.ask.title} trail={<Trail />}>
        {error ? <PageError error={error} onRetry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  return <Answer key={id} prompt={prompt} />;
}

function Answer({ prompt }: { readonly prompt: Prompt }) {
  const looking = useLooking();
  const replan = useReplan(prompt.id);
  return (
    <Page title={prompt.text} heading={<Question prompt={prompt} looking={looking} />} trail={<Trail />}>
      <div className={classes.page}>
        <Standing prompt={prompt} />
        {replan.error && <ErrorState error={replan.error} />}
        {prompt.status === "needs_clarification" && <Clarify prompt={prompt} isReplanning={replan.isPending} onAnswer={replan.mutate} />}
        {(prompt.status === "unanswerable" || prompt.status === "refused") && <Refusal prompt={prompt} />}
        {prompt.status === "planned" && (
          <Understanding prompt={prompt} looking={looking} isReplanning={replan.isPending} onReading={(value) => replan.mutate([{ id: "reading", value }])} />
        )}
        {prompt.river && <Workbench key={prompt.river.id} prompt={prompt} river={prompt.river} looking={looking} />}
        <FollowUp prompt={prompt} />
      </div>
    </Page>
  );
}

/** Answers the questions of a prompt or takes another reading; the plan is shown at once, the run of the old one no more. */
function useReplan(prompt: string) {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (answers: { id: string; value: string }[]) => api.answerPrompt({ params: { prompt }, body: { answers } }),
    onSuccess: (fresh) => {
      queries.setQueryData(keys.prompt(prompt), fresh);
      void queries.invalidateQueries({ queryKey: [...keys.prompts(), "list"] });
      return navigate({ to: "/ask/$prompt", params: { prompt }, search: {}, replace: true });
    },
  });
}

const colors = { planned: "green", needs_clarification: "river", unanswerable: "yellow", refused: "red" } as const;

/** What became of it, and how sure that is. */
function Standing({ prompt: { status, confidence } }: { readonly prompt: Prompt }) {
  const sure = confidence >= 0.85 ? words.confidence.high : confidence >= 0.6 ? words.confidence.middle : words.confidence.low;
  return (
    <Group gap={10} mt={-8}>
      <Badge color={colors[status]} variant="light" radius="sm" tt="none" fw={600}>
        {texts.ask.status[status]}
      </Badge>
      {status === "planned" && (
        <Text size="sm" c="dimmed" title={words.share(formatShare(confidence))}>
          {sure}
        </Text>
      )}
    </Group>
  );
}

/** The next question: one that goes on from this one, or this one in other words where it has no plan. */
function FollowUp({ prompt }: { readonly prompt: Prompt }) {
  const ask = useAsk();
  const isPlanned = prompt.status === "planned";
  const label = isPlanned ? words.follow : words.askAgain;
  return (
    <section className={classes.follow} aria-labelledby="follow">
      <h2 id="follow" className={classes.heading}>
        {label}
      </h2>
      <AskBox
        label={label}
        hint={isPlanned ? words.followHint : texts.ask.hint}
        initial={isPlanned ? "" : prompt.text}
        isAsking={ask.isPending}
        onAsk={(text) => ask.mutate({ text, ...(isPlanned ? { follows: prompt.id } : {}) })}
      />
      {ask.error && <ErrorState error={ask.error} />}
    </section>
  );
}

function Trail() {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/ask" {...props} />}>
      {texts.ask.title}
    </Anchor>
  );
}

function Waiting() {
  return (
    <div className={classes.page} aria-busy>
      <Skeleton height={20} width={220} />
      <div className={classes.understanding}>
        <div className={classes.waitingBlock}>
          {[40, 52, 34].map((width) => (
            <Skeleton key={width} height={12} width={`${width}%`} />
          ))}
        </div>
      </div>
      <div className={classes.toolbar}>
        <Skeleton height={30} width={120} />
      </div>
      <div className={classes.plan}>
        <div className={classes.waitingPicture} />
        <div className={classes.waitingPicture} />
      </div>
    </div>
  );
}
