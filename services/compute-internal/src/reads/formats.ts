import { AppError, type Format, formatTypes } from "@rivergen/contracts";

const names = Object.entries(formatTypes) as [Format, string][];

/** The format asked for: by `format`, else by `Accept`; JSON where neither says. @throws NOT_ACCEPTABLE */
export function chooseFormat(format: Format | undefined, accept: string | undefined): Format {
  if (format !== undefined) return format;
  if (accept === undefined || accept.trim() === "") return "json";
  const wanted = accept
    .split(",")
    .map((part) => {
      const [type = "", ...parameters] = part.trim().toLowerCase().split(";");
      const weight = parameters.map((parameter) => /^\s*q=([01](\.\d{1,3})?)\s*$/.exec(parameter)?.[1]).find((value) => value !== undefined);
      return { type: type.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  for (const { type } of wanted) {
    const found = type === "*/*" || type === "application/*" ? ("json" as const) : names.find(([, known]) => known === type)?.[0];
    if (found) return found;
  }
  throw new AppError("NOT_ACCEPTABLE", { detail: `This can be given as ${names.map(([, type]) => type).join(", ")}.` });
}
