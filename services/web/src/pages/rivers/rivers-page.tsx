import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function RiversPage() {
  return <Page title={texts.frame.sections.rivers}>{null}</Page>;
}
