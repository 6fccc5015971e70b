import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function DatasetPage() {
  return <Page title={texts.frame.sections.data}>{null}</Page>;
}
