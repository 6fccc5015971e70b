import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function KeysPage() {
  return <Page title={texts.frame.sections.settings}>{null}</Page>;
}
