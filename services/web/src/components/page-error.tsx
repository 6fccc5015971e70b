import { AppError } from "@rivergen/contracts";
import { ErrorState } from "./error-state.tsx";
import { NotFound } from "./not-found.tsx";

/** Why a page shows nothing: its thing is not there, or it could not be read. */
export function PageError({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const isMissing = error instanceof AppError && error.status === 404;
  return isMissing ? <NotFound /> : <ErrorState error={error} onRetry={onRetry} />;
}
