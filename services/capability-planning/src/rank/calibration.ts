import { readFileSync } from "node:fs";
import type { Features } from "./features.ts";

/** A logistic model: the probability that a reading with these features answers what was asked. */
interface Calibration {
  readonly madeBy: string;
  /** The day of the fit and the kinds of question folders it was made on. */
  readonly fittedOn: string;
  readonly kinds: readonly string[];
  /** How much of what is answered was right in folders that the model had not seen. */
  readonly precision: number;
  readonly intercept: number;
  readonly weights: Readonly<Record<string, number>>;
  /** A reading that is less likely right than this is not given. */
  readonly threshold: number;
}

const calibration = JSON.parse(readFileSync(new URL("calibration.json", import.meta.url), "utf8")) as Calibration;

/** The calibrated probability, 0.01–0.99, that the reading is right; the fitted numbers stand in calibration.json. */
export const probabilityOf = (features: Features): number => {
  const sum = Object.entries(calibration.weights).reduce((total, [name, weight]) => total + weight * (features[name] ?? 0), calibration.intercept);
  return Math.max(0.01, Math.min(0.99, 1 / (1 + Math.exp(-sum))));
};

export const leastConfidence = calibration.threshold;
