import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

export function AboutPage() {
  return <Page title={texts.frame.sections.about}>{null}</Page>;
}
