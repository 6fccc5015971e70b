import { Alert } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useLive } from "../api/context.tsx";
import { texts } from "../texts/index.ts";
import classes from "./connection-notice.module.css";

const words = texts.frame.connection;

/** Says so while the platform cannot be heard; floats, so that nothing below it moves. */
export function ConnectionNotice() {
  const { online } = useNetwork();
  const { connection } = useLive();
  if (online && connection !== "interrupted") return null;
  return (
    <Alert color="yellow" variant="filled" icon={<IconPlugConnectedX size={16} aria-hidden />} className={classes.notice} role="status" py={6}>
      {online ? words.interrupted : words.offline}
    </Alert>
  );
}
