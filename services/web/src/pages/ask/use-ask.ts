import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";

/** Asks a question and goes to its answer. */
export function useAsk() {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ text, follows }: { text: string; follows?: string | undefined }) =>
      api.ask({ body: { text: text.trim(), ...(follows === undefined ? {} : { follows }) } }),
    onSuccess: (prompt) => {
      queries.setQueryData(keys.prompt(prompt.id), prompt);
      void queries.invalidateQueries({ queryKey: [...keys.prompts(), "list"] });
      return navigate({ to: "/ask/$prompt", params: { prompt: prompt.id } });
    },
  });
}
