import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { useErrorToast } from "../../components/run/use-run-actions.ts";

/** Runs a river, named by its id, and goes to its run. */
export function useStartRun(river: string) {
  const api = useApi();
  const navigate = useNavigate();
  const onError = useErrorToast();
  return useMutation({
    mutationFn: (parameters: Readonly<Record<string, unknown>>) =>
      api.startRun({ params: { river }, body: Object.keys(parameters).length === 0 ? {} : { parameters: { ...parameters } } }),
    onSuccess: ({ id: run }) => navigate({ to: "/runs/$run", params: { run } }),
    onError,
  });
}
