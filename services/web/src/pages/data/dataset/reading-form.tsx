import { Autocomplete, Button, Group, NativeSelect, NumberInput, Stack, Text } from "@mantine/core";
import type { Column, Dataset, DialectHints } from "@rivergen/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApi } from "../../../api/context.tsx";
import { keys } from "../../../api/keys.ts";
import { useToast } from "../../../app/toasts.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { texts } from "../../../texts/index.ts";
import { isText, nameSign } from "./describe-dialect.ts";
import classes from "./dataset.module.css";

const words = texts.reading;
const knownTypes = ["string", "integer", "double", "decimal(18,2)", "boolean", "date", "time", "timestamp", "timestamptz", "json"];
const encodings = ["utf-8", "windows-1252", "iso-8859-15", "utf-16le", "utf-16be", "shift_jis", "gb18030"];

interface Choice {
  readonly name: Exclude<keyof DialectHints, "encoding" | "skipLines">;
  readonly label: string;
  readonly values: readonly string[];
  readonly read?: (value: string) => string;
}
const choices: readonly Choice[] = [
  { name: "delimiter", label: words.delimiter, values: [",", ";", "\t", "|", " "] },
  { name: "quote", label: words.quote, values: ['"', "'", ""] },
  { name: "escape", label: words.escape, values: ["doubled", "backslash"], read: (value) => words.escapes[value] ?? value },
  { name: "decimal", label: words.decimal, values: [".", ","] },
  { name: "thousands", label: words.thousands, values: ["", ",", ".", " ", "'"] },
  { name: "header", label: words.header, values: ["true", "false"], read: (value) => (value === "true" ? words.hasHeader : words.noHeader) },
  { name: "dateOrder", label: words.dateOrder, values: ["dmy", "mdy"], read: (value) => words.orders[value] ?? value },
];
/** Stands for "guess it": no sign is called so. */
const guess = "guess";
type Hints = Readonly<Record<string, string>>;

/** Chosen words as what the API takes. */
function toHints(chosen: Hints, encoding: string, skipLines: number | undefined): DialectHints {
  const given = Object.entries(chosen)
    .filter(([, value]) => value !== guess)
    .map(([name, value]) => [name, name === "header" ? value === "true" : value]);
  return { ...Object.fromEntries(given), ...(encoding === "" ? {} : { encoding }), ...(skipLines === undefined ? {} : { skipLines }) } as DialectHints;
}

/** Says how a file is to be read; everything left open is guessed anew. */
export function ReadingForm({ dataset }: { readonly dataset: Dataset }) {
  const [chosen, setChosen] = useState<Hints>({});
  const [encoding, setEncoding] = useState("");
  const [skipLines, setSkipLines] = useState<number>();
  const [types, setTypes] = useState<Readonly<Record<string, string>>>({});
  const reread = useReread(dataset.name);
  const hints = toHints(chosen, encoding, skipLines);
  const isUntouched = Object.keys(hints).length === 0 && Object.keys(types).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    reread.mutate({ ...(Object.keys(hints).length > 0 ? { dialect: hints } : {}), ...(Object.keys(types).length > 0 ? { types } : {}) });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {(!dataset.dialect || isText(dataset.dialect)) && (
          <div className={classes.fields}>
            {choices.map((choice) => (
              <SignSelect
                key={choice.name}
                choice={choice}
                value={chosen[choice.name] ?? guess}
                onChange={(value) => setChosen({ ...chosen, [choice.name]: value })}
              />
            ))}
            <Autocomplete size="xs" label={words.encoding} placeholder={words.guess} data={encodings} value={encoding} onChange={setEncoding} />
            <NumberInput
              size="xs"
              label={words.skipLines}
              placeholder={words.guess}
              min={0}
              max={10_000}
              allowDecimal={false}
              value={skipLines ?? ""}
              onChange={(value) => setSkipLines(typeof value === "number" ? value : undefined)}
            />
          </div>
        )}
        <TypeFields columns={dataset.columns} types={types} onChange={setTypes} />
        {reread.error && <ErrorState error={reread.error} />}
        <Group gap="sm">
          <Button type="submit" loading={reread.isPending} disabled={isUntouched}>
            {words.reread}
          </Button>
          <Text size="xs" c="dimmed">
            {words.rereadHint}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

function useReread(dataset: string) {
  const api = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: (body: { readonly dialect?: DialectHints; readonly types?: Readonly<Record<string, string>> }) =>
      api.rereadDataset({ params: { dataset }, body, headers: { prefer: "wait=60" } }),
    onSuccess: (answer) => {
      void queries.invalidateQueries({ queryKey: keys.datasets() });
      toast(
        answer.status === "rejected"
          ? { title: words.rereadRejected, text: answer.reason, tone: "bad" }
          : { title: words.done(answer.rowCount ?? 0), tone: "good" },
      );
    },
  });
}

function SignSelect({ choice, value, onChange }: { readonly choice: Choice; readonly value: string; readonly onChange: (value: string) => void }) {
  const { label, values, read = (sign) => (sign === "" ? words.none : nameSign(sign)) } = choice;
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[{ value: guess, label: words.guess }, ...values.map((each) => ({ value: each, label: read(each) }))]}
    />
  );
}

interface TypeFieldsProps {
  readonly columns: readonly Column[];
  readonly types: Readonly<Record<string, string>>;
  readonly onChange: (types: Readonly<Record<string, string>>) => void;
}

function TypeFields({ columns, types, onChange }: TypeFieldsProps) {
  if (columns.length === 0) return null;
  const set = (name: string, type: string, present: string): void => {
    const { [name]: _, ...others } = types;
    onChange(type === present ? others : { ...others, [name]: type });
  };
  return (
    <div>
      <Text size="xs" fw={500} mb={6}>
        {words.types}
      </Text>
      <div className={classes.types}>
        {columns.map(({ name, type }) => (
          <div key={name} className={classes.typeLine}>
            <span className={classes.columnName}>{name}</span>
            <NativeSelect
              size="xs"
              aria-label={words.typeOf(name)}
              value={types[name] ?? type}
              onChange={(event) => set(name, event.currentTarget.value, type)}
              data={[...new Set([type, ...knownTypes])]}
            />
          </div>
        ))}
      </div>
    </div>
  );
}
