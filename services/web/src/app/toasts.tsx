import { Notification } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { texts } from "../texts/index.ts";
import classes from "./toasts.module.css";

export interface Toast {
  readonly title: string;
  readonly text?: ReactNode;
  readonly tone?: "good" | "bad" | "plain";
}
type Show = (toast: Toast) => void;

const Shown = createContext<Show>(() => {});
/** Shows a short message in the corner for some seconds; a failure stays until it is closed. */
export const useToast = (): Show => useContext(Shown);

const shownMs = 6_000;
const most = 4;
const colors = { good: "green", bad: "red", plain: "river" } as const;

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly (Toast & { readonly id: number })[]>([]);
  const close = useCallback((id: number) => setToasts((now) => now.filter((toast) => toast.id !== id)), []);
  const show = useMemo<Show>(() => {
    let next = 1;
    return (toast) => {
      const id = next++;
      setToasts((now) => [...now, { ...toast, id }].slice(-most));
      if (toast.tone !== "bad") setTimeout(() => close(id), shownMs);
    };
  }, [close]);
  return (
    <Shown value={show}>
      {children}
      <div className={classes.corner} role="status" aria-live="polite">
        {toasts.map(({ id, title, text, tone = "plain" }) => (
          <Notification key={id} title={title} color={colors[tone]} withBorder onClose={() => close(id)} closeButtonProps={{ "aria-label": texts.frame.close }}>
            {text}
          </Notification>
        ))}
      </div>
    </Shown>
  );
}
