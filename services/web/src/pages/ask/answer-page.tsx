import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function AnswerPage() {
  return <Page title={texts.frame.sections.ask}>{null}</Page>;
}
