import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { texts } from "../texts/index.ts";
import { EmptyState } from "./empty-state.tsx";

/** Nothing is at this address, or nothing that this person may see. */
export function NotFound() {
  return (
    <EmptyState title={texts.frame.error.notFound} text={texts.frame.error.notFoundDetail}>
      <Button variant="light" renderRoot={(props) => <Link to="/ask" {...props} />}>
        {texts.frame.error.home}
      </Button>
    </EmptyState>
  );
}
