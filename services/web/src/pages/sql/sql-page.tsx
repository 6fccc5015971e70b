import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function SqlPage() {
  return <Page title={texts.frame.sections.sql}>{null}</Page>;
}
