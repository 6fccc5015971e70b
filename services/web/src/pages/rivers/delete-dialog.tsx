import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { River } from "@rivergen/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { listRivers } from "../../api/queries.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.rivers;

/** Asks once more before a river goes. */
export function DeleteDialog({ river, onClose }: { readonly river: River; onClose(): void }) {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.deleteRiver({ params: { river: river.name } }),
    onSuccess: async () => {
      await navigate({ to: "/rivers" });
      await queries.invalidateQueries({ queryKey: listRivers(api).queryKey, exact: true });
    },
  });
  return (
    <Modal opened onClose={onClose} title={words.deleteTitle(river.name)} closeButtonProps={{ "aria-label": texts.frame.close }}>
      <Stack>
        <Text size="sm">{words.deleteText}</Text>
        {remove.error && <ErrorState error={remove.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {texts.frame.cancel}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {texts.frame.delete}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
