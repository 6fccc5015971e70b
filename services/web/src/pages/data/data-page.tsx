import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function DataPage() {
  return <Page title={texts.frame.sections.data}>{null}</Page>;
}
