import { Button, Group, Modal, Stack } from "@mantine/core";
import type { River } from "@rivergen/contracts";
import { type FormEvent, useState } from "react";
import { texts } from "../../texts/index.ts";
import { type Given, ParameterFields } from "./parameter-fields.tsx";
import { readParameters } from "./read-parameters.ts";
import type { useStartRun } from "./use-start-run.ts";

const words = texts.rivers;

interface RunDialogProps {
  readonly river: River;
  readonly start: ReturnType<typeof useStartRun>;
  onClose(): void;
}

/** Runs a river with parameters; what is left empty takes its default. */
export function RunDialog({ river, start, onClose }: RunDialogProps) {
  const parameters = river.document.parameters ?? {};
  const [given, setGiven] = useState<Given>({});
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.mutate(readParameters(parameters, given));
  };
  return (
    <Modal opened onClose={onClose} title={words.tabs.run} closeButtonProps={{ "aria-label": texts.frame.close }}>
      <form onSubmit={submit}>
        <Stack>
          <ParameterFields parameters={parameters} given={given} onChange={setGiven} />
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {texts.frame.cancel}
            </Button>
            <Button type="submit" loading={start.isPending}>
              {words.run}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
