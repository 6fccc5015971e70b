import type { Run } from "@rivergen/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { useToast } from "../../app/toasts.tsx";
import { texts } from "../../texts/index.ts";

/** What can be done with a run; its new state is shown at once. */
export function useRunActions(run: string) {
  const api = useApi();
  const queries = useQueryClient();
  const showRun = (fresh: Run): void => {
    queries.setQueryData(keys.run(run), fresh);
    void queries.invalidateQueries({ queryKey: keys.runs() });
  };
  const onError = useErrorToast();
  const cancel = useMutation({ mutationFn: () => api.cancelRun({ params: { run } }), onSuccess: showRun, onError });
  const resume = useMutation({ mutationFn: () => api.resumeRun({ params: { run } }), onSuccess: showRun, onError });
  return { cancel, resume };
}

/** Tells of a failure that belongs to no place of the page. */
export function useErrorToast(): (error: Error) => void {
  const show = useToast();
  return (error) => show({ title: texts.frame.error.title, text: error.message, tone: "bad" });
}
