import { Button } from "@mantine/core";
import { IconFolderUp, IconUpload } from "@tabler/icons-react";
import { type ChangeEvent, useRef } from "react";
import { useUploads } from "../../../api/context.tsx";
import { texts } from "../../../texts/index.ts";
import { readField } from "./read-entries.ts";

const words = texts.data.upload;

/** Chooses files, or a folder with everything in it. */
export function UploadButtons() {
  const { uploads } = useUploads();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (event: ChangeEvent<HTMLInputElement>): void => {
    uploads.add(readField(event.currentTarget.files ?? []));
    event.currentTarget.value = "";
  };
  const chooseFolder = (): void => {
    if (!folder.current) return;
    folder.current.webkitdirectory = true;
    folder.current.click();
  };
  return (
    <>
      <input ref={files} type="file" multiple hidden aria-label={words.files} onChange={take} />
      <input ref={folder} type="file" hidden aria-label={words.folder} onChange={take} />
      <Button variant="default" leftSection={<IconFolderUp size={16} />} onClick={chooseFolder}>
        {words.folder}
      </Button>
      <Button leftSection={<IconUpload size={16} />} onClick={() => files.current?.click()}>
        {words.files}
      </Button>
    </>
  );
}
