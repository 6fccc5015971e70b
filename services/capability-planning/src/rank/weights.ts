/**
 * Weights of the ranking, in points of a fully literal word (1). Set on development sets; `npm run evaluate` measures them.
 */
export const weights = {
  /** Per point of lost literalness, join length and implied parts. */
  planCost: 1,
  /** Per vague word that an answer gave a measure: what leaving it out had cost, and the word. */
  settled: 2,
  /** Per condition on related rows. */
  existence: 0.08,
  /** Per measure beyond the first. */
  measure: 0.02,
  /** Per group beyond the first. */
  column: 0.02,
  /** Readings that are this much worse are still offered. */
  offered: 1.2,
} as const;
