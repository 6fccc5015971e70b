import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useApi } from "../../api/context.tsx";
import { useToast } from "../../app/toasts.tsx";
import { type DownloadFormat, downloadFormats, saveAs } from "../../components/result/download.ts";
import { texts } from "../../texts/index.ts";

const words = texts.sql;
/** As many as the API gives at once. */
const mostRows = 1_000_000;

/** Runs a statement again into a file. */
export function QueryDownloads({ text }: { readonly text: string }) {
  const api = useApi();
  const toast = useToast();
  const download = useMutation({
    mutationFn: async (format: DownloadFormat) => {
      const answer = await api.open("query", { body: { sql: text, maxRows: mostRows }, query: { format } });
      saveAs(await new Response(answer.stream).blob(), `result.${format}`);
    },
    onError: (error) => toast({ title: words.downloadFailed, text: error.message, tone: "bad" }),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" loading={download.isPending} leftSection={<IconDownload size={14} />} rightSection={<IconChevronDown size={13} />}>
          {words.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {downloadFormats.map((format) => (
          <Menu.Item key={format} onClick={() => download.mutate(format)}>
            {texts.data.formats[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
