import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const river: MantineColorsTuple = ["#e4f4f8", "#cde8ef", "#9dd2df", "#6abbcf", "#42a7c0", "#2a98b4", "#1585a0", "#0b6e85", "#075c70", "#034a5b"];

/** Colours of data series, safe for colour blindness (Okabe and Ito, 2008); readable on light and dark. */
export const seriesColors = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c8c", "#b3a000"] as const;

export const theme = createTheme({
  primaryColor: "river",
  // One shade for light and dark: white text on it is readable on both.
  primaryShade: 7,
  autoContrast: true,
  colors: { river },
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
});

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
  // The library's own pairs of text and ground fall short of a contrast of 4.5.
  "--mantine-color-green-light-color": "var(--rg-good)",
  "--mantine-color-yellow-light-color": "var(--rg-warn)",
  "--mantine-color-red-light-color": "var(--rg-bad)",
  "--mantine-color-river-light-color": "var(--rg-accent)",
  "--mantine-color-gray-light-color": "var(--rg-soft)",
  "--mantine-color-red-filled": "var(--mantine-color-red-9)",
  "--mantine-color-red-text": "var(--rg-bad)",
  "--mantine-color-error": "var(--rg-bad)",
};
