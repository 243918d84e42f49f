/** Whether a model is older than Gemini 3: no thought signatures, budgets instead of thinking levels. */
export function isBeforeGemini3(model: string): boolean {
  return /gemini-[12]\b|gemini-[12]\.|gemma/.test(model);
}

/** Google's documented stand-in for the signature of a tool call that another model made. */
export const foreignSignature = "skip_thought_signature_validator";

/** `models/X`, whatever the configuration wrote before the name. */
export function modelPath(model: string): string {
  return /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
}
