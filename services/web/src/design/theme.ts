import { Alert, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const river: MantineColorsTuple = ["#e4f4f8", "#cde8ef", "#9dd2df", "#6abbcf", "#42a7c0", "#2a98b4", "#1585a0", "#0b6e85", "#075c70", "#034a5b"];

/** Neutrals of the dark scheme, of the same hue as the tokens. */
const dark: MantineColorsTuple = ["#cfdade", "#b4c3ca", "#93a6af", "#62777f", "#3a4c55", "#2d3c44", "#22313a", "#182329", "#121b20", "#0c1215"];

/** Colours of data series, safe for colour blindness (Okabe and Ito, 2008); readable on light and dark. */
export const seriesColors = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c8c", "#b3a000"] as const;

export const theme = createTheme({
  primaryColor: "river",
  // One shade for light and dark: white text on it is readable on both.
  primaryShade: 7,
  autoContrast: true,
  colors: { river, dark },
  fontFamily: 'Inter, "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: "var(--rg-mono)",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.3" },
      h2: { fontSize: "1.1875rem", lineHeight: "1.35" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // A tint of the surface instead of a block of colour: an error is to be read, not to be frightened by.
    Alert: Alert.extend({
      vars: (_theme, { color = "river", variant }) =>
        variant === "filled"
          ? { root: {} }
          : {
              root: {
                "--alert-bg": `color-mix(in srgb, var(--mantine-color-${color}-filled) 10%, var(--rg-surface))`,
                "--alert-bd": `1px solid color-mix(in srgb, var(--mantine-color-${color}-filled) 45%, var(--rg-line))`,
                "--alert-color": toneOf(color),
              },
            },
    }),
  },
});

const tones: Readonly<Record<string, string>> = { red: "var(--rg-bad)", green: "var(--rg-good)", yellow: "var(--rg-warn)" };
function toneOf(color: string): string {
  return tones[color] ?? "var(--rg-accent)";
}

/** Mantine's surfaces take the tokens' colours. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: surfaces,
  dark: surfaces,
});
const surfaces = {
  "--mantine-color-body": "var(--rg-surface)",
  "--mantine-color-text": "var(--rg-text)",
  "--mantine-color-dimmed": "var(--rg-soft)",
  "--mantine-color-default-border": "var(--rg-line)",
  "--mantine-color-anchor": "var(--rg-accent)",
  "--mantine-color-placeholder": "var(--rg-soft)",
  // The library's own pairs of text and ground fall short of a contrast of 4.5, and glow on dark ground.
  "--mantine-color-green-light": "color-mix(in srgb, var(--rg-good) 14%, transparent)",
  "--mantine-color-yellow-light": "color-mix(in srgb, var(--rg-warn) 12%, transparent)",
  "--mantine-color-red-light": "color-mix(in srgb, var(--rg-bad) 12%, transparent)",
  "--mantine-color-river-light": "color-mix(in srgb, var(--rg-accent) 14%, transparent)",
  "--mantine-color-gray-light": "color-mix(in srgb, var(--rg-soft) 12%, transparent)",
  "--mantine-color-green-light-color": "var(--rg-good)",
  "--mantine-color-yellow-light-color": "var(--rg-warn)",
  "--mantine-color-red-light-color": "var(--rg-bad)",
  "--mantine-color-river-light-color": "var(--rg-accent)",
  "--mantine-color-gray-light-color": "var(--rg-soft)",
  "--mantine-color-red-filled": "var(--mantine-color-red-9)",
  "--mantine-color-red-text": "var(--rg-bad)",
  "--mantine-color-error": "var(--rg-bad)",
};
