/** What was metered, and what it cost. */
export const usage = {
  title: "Usage",
  period: "Period",
  periods: { 7: "7 days", 30: "30 days", 90: "90 days", 365: "12 months" },
  total: "Metered in this period",
  runs: "Runs",
  byDay: "By day",
  byRiver: "By river",
  byMeter: "By meter",
  noRiver: "Queries and reads outside of runs",
  chartLabel: (days: number): string => `Amount by day over the last ${days} days; the table below holds the same figures`,
  columns: { day: "Day", river: "River", runs: "Runs", amount: "Amount", meter: "Meter", quantity: "Quantity", time: "Time", run: "Run", stage: "Stage" },
  lines: "Lines",
  linesText: "Every line as it was metered. Lines are only ever added; a failed attempt of the platform itself costs nothing.",
  empty: "Nothing was metered in this period",
  emptyText: "Runs and queries are metered when they end.",
  ask: "Ask a question",
} as const;
