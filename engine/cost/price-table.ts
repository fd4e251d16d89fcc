import { z } from 'zod';

/** US dollars; no single unit of a vendor costs more than this. */
const usd = z.number().min(0).max(10_000);

const origin = {
  /** When the price was read: a day or a month. */
  asOf: z
    .string()
    .regex(/^\d{4}-\d{2}(-\d{2})?$/, 'must be a day such as 2026-11-21, or a month')
    .optional(),
  /** Where it was read, and what it is of. */
  source: z.string().max(300).optional(),
};

/** What recognition costs, by the sound that is sent. */
const sttPriceSchema = z.strictObject({ perAudioMinute: usd, ...origin });
/** What a model's tokens cost. Those that its vendor had cached cost what others do where nothing is said of them. */
const llmPriceSchema = z.strictObject({
  perMillionInputTokens: usd,
  perMillionCachedInputTokens: usd.optional(),
  perMillionOutputTokens: usd,
  ...origin,
});
/** What a voice costs, by the characters that it is given. */
const ttsPriceSchema = z.strictObject({ perMillionCharacters: usd, ...origin });

/** By provider, then by model. A name that ends in `*` is every model that begins so and has no longer entry. */
const byModel = <T extends z.ZodType>(price: T) =>
  z.record(z.string(), z.record(z.string(), price)).default({});

/** What the models of each stage cost, in US dollars. */
export const priceTableSchema = z.strictObject({
  stt: byModel(sttPriceSchema),
  llm: byModel(llmPriceSchema),
  tts: byModel(ttsPriceSchema),
});
export type PriceTable = z.infer<typeof priceTableSchema>;

/** Nothing has a price. */
export const NO_PRICES: PriceTable = { stt: {}, llm: {}, tts: {} };

/** Reads what a file of prices holds: the table, or every fault with its place. */
export function checkPriceTable(
  value: unknown,
):
  | { readonly kind: 'sound'; readonly prices: PriceTable }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] } {
  const parsed = priceTableSchema.safeParse(value);
  if (parsed.success) return { kind: 'sound', prices: parsed.data };
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join(' > ') || 'the file'}: ${message}`,
  );
  return { kind: 'faulty', faults };
}

/** The price of a model by its own name, else by the longest beginning of it; undefined where there is none. */
export function priceOf<Price>(
  stage: Readonly<Record<string, Readonly<Record<string, Price>>>>,
  { provider, model }: { readonly provider: string; readonly model: string },
): Price | undefined {
  const models = Object.hasOwn(stage, provider) ? stage[provider] : undefined;
  if (models === undefined) return undefined;
  if (Object.hasOwn(models, model)) return models[model];
  const beginnings = Object.keys(models).filter(
    (name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)),
  );
  const longest = beginnings.reduce((best, name) => (name.length > best.length ? name : best), '');
  return longest === '' ? undefined : models[longest];
}

/** Of each stage, the prices of these providers alone. */
export function pricesOf(
  prices: PriceTable,
  providers: Readonly<Record<keyof PriceTable, ReadonlySet<string>>>,
): PriceTable {
  const pick = <T>(stage: keyof PriceTable, table: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(table).filter(([provider]) => providers[stage].has(provider)));
  return { stt: pick('stt', prices.stt), llm: pick('llm', prices.llm), tts: pick('tts', prices.tts) };
}
