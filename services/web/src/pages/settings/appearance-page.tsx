import { type MantineColorScheme, Paper, SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.settings.appearance;
const schemes = ["light", "dark", "auto"] as const satisfies readonly MantineColorScheme[];

/** Light, dark, or as the system is. */
export function AppearancePage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Page title={words.title}>
      <Paper withBorder p="lg" maw={520}>
        <Stack gap="xs">
          <Text fw={600} id="scheme">
            {words.scheme}
          </Text>
          <SegmentedControl
            aria-labelledby="scheme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
            data={schemes.map((value) => ({ value, label: words.schemes[value] }))}
          />
          <Text size="sm" c="dimmed">
            {words.kept}
          </Text>
        </Stack>
      </Paper>
    </Page>
  );
}
