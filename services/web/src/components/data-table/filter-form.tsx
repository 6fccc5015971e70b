import { Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { texts } from "../../texts/index.ts";
import { arity, type Condition, isComplete, type Operator, operatorsOf, toLiteral } from "./conditions.ts";
import { type ColumnKind, kindOf, type TableColumn } from "./row-source.ts";

const words = texts.table;

const hints: Partial<Record<ColumnKind, string>> = {
  number: words.badValue.number,
  date: words.badValue.date,
  time: words.badValue.time,
  timestamp: words.badValue.instant,
  timestamptz: words.badValue.instant,
};

interface FilterFormProps {
  readonly column: TableColumn;
  readonly present: Condition | undefined;
  readonly onApply: (condition: Condition | undefined) => void;
}

/** Asks what one column's values must be like. */
export function FilterForm({ column, present, onApply }: FilterFormProps) {
  const kind = kindOf(column.type);
  const [operator, setOperator] = useState<Operator>(present?.operator ?? operatorsOf(kind)[0] ?? "empty");
  const [values, setValues] = useState<readonly string[]>(present?.values ?? ["", ""]);
  const condition = { column: column.name, operator, values: values.slice(0, arity(operator)) };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isComplete(condition, kind)) onApply(condition);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <NativeSelect
          size="xs"
          label={words.filterOf(column.name)}
          value={operator}
          onChange={(event) => setOperator(event.currentTarget.value as Operator)}
          data={operatorsOf(kind).map((value) => ({ value, label: words.operators[value] }))}
          data-autofocus={arity(operator) === 0 || undefined}
        />
        {Array.from({ length: arity(operator) }, (_, index) => (
          <ValueInput
            key={index}
            kind={kind}
            isFirst={index === 0}
            value={values[index] ?? ""}
            onChange={(value) => setValues((before) => (index === 0 ? [value, before[1] ?? ""] : [before[0] ?? "", value]))}
          />
        ))}
        <Group justify="space-between" gap="xs">
          {present && (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onApply(undefined)}>
              {words.remove}
            </Button>
          )}
          <Button size="compact-xs" ml="auto" type="submit" disabled={!isComplete(condition, kind)}>
            {words.apply}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ValueInputProps {
  readonly kind: ColumnKind;
  readonly isFirst: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ValueInput({ kind, isFirst, value, onChange }: ValueInputProps) {
  const isWrong = value.trim() !== "" && toLiteral(kind, value) === undefined;
  return (
    <TextInput
      size="xs"
      aria-label={isFirst ? words.value : words.and}
      placeholder={hints[kind] ?? words.value}
      value={value}
      error={isWrong ? hints[kind] : undefined}
      inputMode={kind === "number" ? "decimal" : "text"}
      data-autofocus={isFirst || undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
