import { Button } from "@mantine/core";
import { isRunOver, type Run } from "@rivergen/contracts";
import { IconDeviceFloppy, IconExternalLink, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { isResumable } from "../../components/run/step-facts.ts";
import { useRunActions } from "../../components/run/use-run-actions.ts";
import { texts } from "../../texts/index.ts";

const words = texts.ask.answer;

interface RunButtonProps {
  readonly run: Run | undefined;
  readonly isStarting: boolean;
  readonly isEdited: boolean;
  readonly canRun: boolean;
  onRun(): void;
}

/** Starts the plan, stops what runs, goes on with what stopped. */
export function RunButton({ run, isStarting, isEdited, canRun, onRun }: RunButtonProps) {
  const { cancel, resume } = useRunActions(run?.id ?? "");
  if (run && !isRunOver(run.status))
    return (
      <Button
        size="sm"
        color="red"
        variant="light"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        loading={cancel.isPending}
        onClick={() => cancel.mutate()}
      >
        {texts.run.cancel}
      </Button>
    );
  if (run && isResumable(run) && !isEdited)
    return (
      <Button size="sm" leftSection={<IconPlayerPlay size={16} aria-hidden />} loading={resume.isPending} onClick={() => resume.mutate()}>
        {texts.run.resume}
      </Button>
    );
  return (
    <Button size="sm" leftSection={<IconPlayerPlay size={16} aria-hidden />} loading={isStarting} disabled={!canRun} onClick={onRun}>
      {isEdited ? words.runEdited : run ? words.runAgain : words.run}
    </Button>
  );
}

/** Keeps the plan as a river, or leads to the river that it is kept as. */
export function SaveButton({ name, isEdited, onSave }: { readonly name: string | undefined; readonly isEdited: boolean; onSave(): void }) {
  const icon = <IconDeviceFloppy size={16} aria-hidden />;
  if (name !== undefined && !isEdited)
    return (
      <Button size="sm" variant="default" leftSection={icon} renderRoot={(props) => <Link to="/rivers/$river" params={{ river: name }} {...props} />}>
        {words.saved(name)}
      </Button>
    );
  return (
    <Button size="sm" variant="default" leftSection={icon} onClick={onSave}>
      {words.save}
    </Button>
  );
}

/** The way to the run's own page. */
export function RunLink({ run }: { readonly run: Run }) {
  return (
    <Button
      size="sm"
      variant="subtle"
      rightSection={<IconExternalLink size={14} aria-hidden />}
      renderRoot={(props) => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}
    >
      {texts.run.open}
    </Button>
  );
}
