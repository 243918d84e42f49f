import { calcPrice } from "@pydantic/genai-prices";
import type { Usage } from "./attempt.ts";
import type { Deployment } from "./deployment.ts";

/** US dollars a token. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
}

/** Looks a model up in the price list; undefined when it is not there. */
export type PriceList = (deployment: Deployment) => TokenPrice | undefined;

const listedProviders: Readonly<Record<string, string>> = { gemini: "google", vertex_ai: "google" };
/** Small, so that the dearer price of long prompts does not apply. */
const sample = 1_000;

/** The price list that comes with the package: Pydantic's genai-prices, MIT, as of its version; never fetched. */
export const bundledPrices: PriceList = (deployment) => {
  const model = deployment.model.replace(/^models\//, "");
  const providerId = listedProviders[deployment.label] ?? deployment.label;
  try {
    const price = calcPrice({ input_tokens: sample, output_tokens: sample }, model, { providerId });
    return price ? { input: price.input_price / sample, output: price.output_price / sample } : undefined;
  } catch {
    return undefined;
  }
};

/** Prices by deployment, each looked up once: the configuration's own, else the list's; LocalAI costs nothing. */
export function createPricing(list: PriceList = bundledPrices): PriceList {
  const known = new Map<string, TokenPrice | undefined>();
  return (deployment) => {
    if (!known.has(deployment.id)) known.set(deployment.id, priceOf(deployment, list));
    return known.get(deployment.id);
  };
}

function priceOf(deployment: Deployment, list: PriceList): TokenPrice | undefined {
  const { inputCostPerToken, outputCostPerToken } = deployment;
  const isFree = deployment.label === "localai" || deployment.local === true;
  const listed = isFree ? { input: 0, output: 0 } : list(deployment);
  if (inputCostPerToken === undefined && outputCostPerToken === undefined) return listed;
  return {
    input: inputCostPerToken ?? listed?.input ?? 0,
    output: outputCostPerToken ?? listed?.output ?? 0,
  };
}

/** US dollars; undefined when no price is known. */
export function costOf(
  price: TokenPrice | undefined,
  inputTokens: number,
  outputTokens: number,
): number | undefined {
  return price === undefined ? undefined : price.input * inputTokens + price.output * outputTokens;
}

/** Tokens of a text without a tokenizer: four characters of ASCII, or two others, are about one. */
export function estimateTokens(text: string): number {
  let others = 0;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) others += 1;
  return Math.ceil((text.length - others) / 4 + others / 2);
}

/** Usage with no gaps: what the provider did not count is estimated, and marked. */
export interface SettledUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly estimated: boolean;
}

export function settledUsage(
  usage: Usage | undefined,
  inputTokens: number,
  outputText: string | undefined,
): SettledUsage {
  const isCounted = usage?.inputTokens !== undefined && usage.outputTokens !== undefined;
  return {
    inputTokens: usage?.inputTokens ?? inputTokens,
    outputTokens: usage?.outputTokens ?? estimateTokens(outputText ?? ""),
    estimated: !isCounted || usage.estimated === true,
  };
}
