import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import type { River } from "@rivergen/contracts";
import { type FormEvent, useState } from "react";
import { texts } from "../../texts/index.ts";
import { readParameters } from "./read-parameters.ts";
import type { useStartRun } from "./use-start-run.ts";

const words = texts.rivers;
type Parameter = NonNullable<River["document"]["parameters"]>[string];

interface RunDialogProps {
  readonly river: River;
  readonly start: ReturnType<typeof useStartRun>;
  onClose(): void;
}

/** Runs a river with parameters; what is left empty takes its default. */
export function RunDialog({ river, start, onClose }: RunDialogProps) {
  const parameters = river.document.parameters ?? {};
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.mutate(readParameters(parameters, given));
  };
  return (
    <Modal opened onClose={onClose} title={words.tabs.run} closeButtonProps={{ "aria-label": texts.frame.close }}>
      <form onSubmit={submit}>
        <Stack>
          {Object.entries(parameters).map(([name, parameter]) => (
            <ParameterField
              key={name}
              name={name}
              parameter={parameter}
              value={given[name] ?? ""}
              onChange={(value) => setGiven({ ...given, [name]: value })}
            />
          ))}
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

interface FieldProps {
  readonly name: string;
  readonly parameter: Parameter;
  readonly value: string;
  onChange(value: string): void;
}

function ParameterField({ name, parameter: { type, default: otherwise }, value, onChange }: FieldProps) {
  const isRequired = otherwise === undefined;
  const shown = isRequired ? words.required : String(otherwise);
  if (type === "boolean")
    return (
      <NativeSelect
        label={name}
        description={type}
        required={isRequired}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={[{ value: "", label: shown }, "true", "false"]}
      />
    );
  return (
    <TextInput
      label={name}
      description={type}
      type={type === "date" ? "date" : "text"}
      inputMode={/^(integer|double|decimal)/.test(type) ? "decimal" : "text"}
      required={isRequired}
      placeholder={shown}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
