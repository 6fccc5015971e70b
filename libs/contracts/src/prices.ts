import { z } from "zod";

/** What each meter costs: unit prices as decimal strings in one currency. */
export const PriceTable = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/),
  meters: z.record(z.string(), z.strictObject({ unit: z.string(), price: z.string().regex(/^\d{1,9}(\.\d{1,9})?$/) })),
});
export type PriceTable = z.output<typeof PriceTable>;

/** Prices of a platform that sets none of its own: what a small rented machine costs. */
export const defaultPrices: PriceTable = {
  currency: "EUR",
  meters: {
    /** CPU time of the engine, in seconds. */
    "compute.cpu": { unit: "s", price: "0.00004" },
    /** Bytes of the inputs a stage or query was given, in GiB. */
    "data.scanned": { unit: "GiB", price: "0.002" },
  },
};

/** The variable that replaces the price table; both the service that quotes and the one that meters read it. */
export const pricesVariable = z
  .string()
  .default(JSON.stringify(defaultPrices))
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "is no JSON" });
      return z.NEVER;
    }
  })
  .pipe(PriceTable)
  .describe("Price table as JSON: currency, and price and unit of each meter");

const priceScale = 9;
const quantityScale = 6;

/** The exact amount of a quantity at a unit price, as a decimal string; the quantity counts to a millionth. */
export function priceOf(table: PriceTable, meter: string, quantity: number): string {
  const price = table.meters[meter]?.price;
  if (price === undefined) return "0";
  const [whole = "0", fraction = ""] = price.split(".");
  const scaledPrice = BigInt(whole + fraction.padEnd(priceScale, "0"));
  return toDecimal(scaledPrice * BigInt(Math.round(quantity * 10 ** quantityScale)), priceScale + quantityScale);
}

/** Sums decimal strings exactly. */
export function sumAmounts(amounts: readonly string[]): string {
  const scale = priceScale + quantityScale;
  const total = amounts.reduce((sum, amount) => {
    const [whole = "0", fraction = ""] = amount.replace("-", "").split(".");
    const value = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0"));
    return amount.startsWith("-") ? sum - value : sum + value;
  }, 0n);
  return toDecimal(total, scale);
}

function toDecimal(scaled: bigint, scale: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${scaled < 0n ? "-" : ""}${digits.slice(0, -scale)}${fraction === "" ? "" : `.${fraction}`}`;
}
