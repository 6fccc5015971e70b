import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useUploads } from "../../../api/context.tsx";
import { texts } from "../../../texts/index.ts";
import { isDatasetName, suggestName } from "./suggest-name.ts";
import classes from "./uploads.module.css";

const words = texts.data.upload;

/** The name of the table is taken: asks for another one. */
export function OtherName({ id, path }: { readonly id: number; readonly path: string }) {
  const { uploads } = useUploads();
  const [name, setName] = useState(suggestName(path));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isDatasetName(name)) uploads.retry(id, name);
  };
  return (
    <form onSubmit={submit} className={classes.other}>
      <span className={classes.bad}>{words.nameTaken}</span>
      <Group gap="xs" mt={4} align="flex-start">
        <TextInput
          size="xs"
          aria-label={words.otherName}
          value={name}
          error={name === "" || isDatasetName(name) ? undefined : words.badName}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button size="xs" variant="light" type="submit" disabled={!isDatasetName(name)}>
          {words.uploadAs}
        </Button>
      </Group>
    </form>
  );
}
