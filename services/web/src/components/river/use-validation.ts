import { useDebouncedValue } from "@mantine/hooks";
import type { Fault } from "@rivergen/contracts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useApi } from "../../api/context.tsx";
import { validationOf } from "../../api/queries.ts";

export interface Validity {
  /** Whether this very text was checked. */
  readonly isChecked: boolean;
  readonly isValid: boolean;
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  /** Why it could not be checked. */
  readonly failure: Error | null;
}

const settleMs = 350;
const nothing: readonly Fault[] = [];

/** What the platform says to a text, soon after it was last changed; while it is asked, the last word stands. */
export function useValidation(text: string): Validity {
  const api = useApi();
  const [settled] = useDebouncedValue(text, settleMs);
  const { data, error, isPlaceholderData } = useQuery({ ...validationOf(api, settled), placeholderData: keepPreviousData });
  const isChecked = settled === text && data !== undefined && !isPlaceholderData;
  return { isChecked, isValid: isChecked && data.valid, errors: data?.errors ?? nothing, warnings: data?.warnings ?? nothing, failure: error };
}
