import { ActionIcon, Button, Group, Menu, Modal, Text } from "@mantine/core";
import { IconChevronDown, IconDots, IconDownload, IconMessageQuestion, IconSql, IconTrash } from "@tabler/icons-react";
import type { Dataset } from "@rivergen/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../../api/context.tsx";
import { keys } from "../../../api/keys.ts";
import { useToast } from "../../../app/toasts.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { type DownloadFormat, downloadFormats, saveAs } from "../../../components/result/download.ts";
import { texts } from "../../../texts/index.ts";
import { startingQuery } from "../../sql/starting-query.ts";
import classes from "./dataset.module.css";

const words = texts.data;

/** What can be done with a table. */
export function DatasetActions({ dataset }: { readonly dataset: Dataset }) {
  const [isDeleting, setIsDeleting] = useState(false);
  return (
    <>
      {dataset.version > 0 && (
        <>
          <Button
            size="sm"
            className={classes.act ?? ""}
            leftSection={<IconMessageQuestion size={16} />}
            renderRoot={(props) => <Link to="/ask" search={{ text: words.askText(dataset.title) }} {...props} />}
          >
            {words.ask}
          </Button>
          <Button
            size="sm"
            variant="default"
            className={classes.act ?? ""}
            leftSection={<IconSql size={16} />}
            renderRoot={(props) => <Link to="/sql" search={{ text: startingQuery(dataset.name) }} {...props} />}
          >
            {words.query}
          </Button>
          <Downloads name={dataset.name} />
        </>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={words.more}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setIsDeleting(true)}>
            {words.delete.action}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isDeleting && <DeleteDialog dataset={dataset} onClose={() => setIsDeleting(false)} />}
    </>
  );
}

function Downloads({ name }: { readonly name: string }) {
  const api = useApi();
  const toast = useToast();
  const download = useMutation({
    mutationFn: async (format: DownloadFormat) => {
      const answer = await api.open("getDatasetContent", { params: { dataset: name }, query: { format } });
      saveAs(await new Response(answer.stream).blob(), `${name}.${format}`);
    },
    onError: (error) => toast({ title: words.downloadFailed, text: error.message, tone: "bad" }),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="sm"
          variant="default"
          className={classes.act ?? ""}
          loading={download.isPending}
          leftSection={<IconDownload size={16} />}
          rightSection={<IconChevronDown size={14} />}
        >
          {words.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {downloadFormats.map((format) => (
          <Menu.Item key={format} onClick={() => download.mutate(format)}>
            {words.formats[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function DeleteDialog({ dataset, onClose }: { readonly dataset: Dataset; readonly onClose: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.deleteDataset({ params: { dataset: dataset.name } }),
    onSuccess: async () => {
      toast({ title: words.delete.done(dataset.title), tone: "good" });
      await navigate({ to: "/data" });
      queries.removeQueries({ queryKey: keys.dataset(dataset.name) });
      await queries.invalidateQueries({ queryKey: keys.datasets() });
    },
  });
  return (
    <Modal opened onClose={onClose} title={words.delete.title(dataset.title)} closeButtonProps={{ "aria-label": texts.frame.close }}>
      <Text size="sm">{words.delete.text}</Text>
      {remove.error && <ErrorState error={remove.error} />}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          {texts.frame.cancel}
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          {texts.frame.delete}
        </Button>
      </Group>
    </Modal>
  );
}
