import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function UsagePage() {
  return <Page title={texts.frame.sections.usage}>{null}</Page>;
}
