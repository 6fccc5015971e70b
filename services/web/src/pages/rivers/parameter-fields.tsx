import { NativeSelect, TextInput } from "@mantine/core";
import type { River } from "@rivergen/contracts";
import { texts } from "../../texts/index.ts";

const words = texts.rivers;
type Parameters = NonNullable<River["document"]["parameters"]>;

/** What was written into the fields, by name. */
export type Given = Readonly<Record<string, string>>;

/** Whether a river needs to be told something before it can be planned or run. */
export const isAsking = ({ document }: Pick<River, "document">): boolean =>
  Object.values(document.parameters ?? {}).some(({ default: otherwise }) => otherwise === undefined);

interface ParameterFieldsProps {
  readonly parameters: Parameters;
  readonly given: Given;
  onChange(given: Given): void;
}

/** A field for each parameter; what is left empty takes its default. */
export function ParameterFields({ parameters, given, onChange }: ParameterFieldsProps) {
  return Object.entries(parameters).map(([name, parameter]) => (
    <ParameterField key={name} name={name} parameter={parameter} value={given[name] ?? ""} onChange={(value) => onChange({ ...given, [name]: value })} />
  ));
}

interface FieldProps {
  readonly name: string;
  readonly parameter: Parameters[string];
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
  // A field for dates shows no placeholder: its default is said beside its type.
  const isDate = type === "date";
  return (
    <TextInput
      label={name}
      description={isDate && !isRequired ? words.orDefault(type, shown) : type}
      type={isDate ? "date" : "text"}
      inputMode={/^(integer|double|decimal)/.test(type) ? "decimal" : "text"}
      required={isRequired}
      placeholder={shown}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
