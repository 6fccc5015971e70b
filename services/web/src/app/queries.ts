import { AppError } from "@rivergen/contracts";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import type { Session } from "../api/session.ts";

const tries = 3;
/** Doubled from try to try: somebody who waits is told within seconds that it did not work. */
const firstPauseMs = 300;

/** What was read from the platform: kept fresh by live events, so that nothing is read again just because time went by. */
export function createQueries(session: Session): QueryClient {
  const onError = (error: Error): void => {
    if (error instanceof AppError && error.code === "UNAUTHENTICATED") session.forget();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < tries && error instanceof AppError && error.retryable,
        retryDelay: (count) => firstPauseMs * 2 ** count,
      },
      mutations: { retry: false },
    },
  });
}
