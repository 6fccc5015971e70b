import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function RunsPage() {
  return <Page title={texts.frame.sections.runs}>{null}</Page>;
}
