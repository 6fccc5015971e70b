/** One reading that was judged: its features, whether it was right, and how much it counts. */
export interface Example {
  readonly folder: string;
  readonly features: Readonly<Record<string, number>>;
  readonly right: boolean;
  readonly weight: number;
}

export interface Logistic {
  readonly intercept: number;
  readonly weights: Readonly<Record<string, number>>;
}

export const probability = (model: Logistic, features: Example["features"]): number => {
  const sum = Object.entries(model.weights).reduce((total, [name, weight]) => total + weight * (features[name] ?? 0), model.intercept);
  return 1 / (1 + Math.exp(-sum));
};

/** Solves a symmetric positive system in place by elimination. */
const solve = (matrix: number[][], right: number[]): number[] => {
  const size = right.length;
  for (let at = 0; at < size; at++) {
    for (let row = at + 1; row < size; row++) {
      const factor = matrix[row]![at]! / matrix[at]![at]!;
      if (factor === 0) continue;
      for (let column = at; column < size; column++) matrix[row]![column]! -= factor * matrix[at]![column]!;
      right[row]! -= factor * right[at]!;
    }
  }
  const result = Array.from({ length: size }, () => 0);
  for (let at = size - 1; at >= 0; at--) {
    let sum = right[at]!;
    for (let column = at + 1; column < size; column++) sum -= matrix[at]![column]! * result[column]!;
    result[at] = sum / matrix[at]![at]!;
  }
  return result;
};

/** Mean and spread of each feature, so that the penalty treats all alike. */
const scalesOf = (examples: readonly Example[], names: readonly string[]): { readonly mean: number; readonly spread: number }[] =>
  names.map((name) => {
    const values = examples.map((example) => example.features[name] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return { mean, spread: spread < 1e-9 ? 0 : spread };
  });

interface Row {
  readonly x: readonly number[];
  readonly y: number;
  readonly weight: number;
}

/** One Newton step of the penalised likelihood. */
const improve = (rows: readonly Row[], beta: readonly number[], penalty: number): number[] => {
  const size = beta.length;
  const hessian = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_unused, j) => (i === j ? (i === 0 ? 1e-6 : penalty) : 0)));
  const gradient = beta.map((value, i) => (i === 0 ? 0 : -penalty * value));
  for (const { x, y, weight } of rows) {
    const p = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + value * beta[i]!, 0)));
    const curve = weight * Math.max(1e-6, p * (1 - p));
    for (let i = 0; i < size; i++) {
      gradient[i]! += weight * (y - p) * x[i]!;
      for (let j = 0; j < size; j++) hessian[i]![j]! += curve * x[i]! * x[j]!;
    }
  }
  const step = solve(hessian, gradient);
  return beta.map((value, i) => value + step[i]!);
};

/** Fits a logistic regression with a quadratic penalty on standardised features. */
export const fitLogistic = (examples: readonly Example[], penalty: number): Logistic => {
  const names = [...new Set(examples.flatMap((example) => Object.keys(example.features)))];
  const scales = scalesOf(examples, names);
  const rows = examples.map((example) => ({
    x: [1, ...names.map((name, i) => (scales[i]!.spread === 0 ? 0 : ((example.features[name] ?? 0) - scales[i]!.mean) / scales[i]!.spread))],
    y: example.right ? 1 : 0,
    weight: example.weight,
  }));
  let beta = [0, ...names.map(() => 0)];
  for (let round = 0; round < 25; round++) beta = improve(rows, beta, penalty);
  const weights = Object.fromEntries(names.map((name, i) => [name, scales[i]!.spread === 0 ? 0 : beta[i + 1]! / scales[i]!.spread]));
  const intercept = beta[0]! - names.reduce((sum, name, i) => sum + weights[name]! * scales[i]!.mean, 0);
  return { intercept, weights };
};

/** Mean squared distance of probability and outcome: 0 is perfect, 0.25 says nothing. */
export const brier = (predicted: readonly { readonly p: number; readonly right: boolean }[]): number =>
  predicted.reduce((sum, { p, right }) => sum + (p - (right ? 1 : 0)) ** 2, 0) / Math.max(1, predicted.length);
