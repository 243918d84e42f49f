import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { Deployment } from "./deployment.ts";
import type { ModelSource } from "./model-source.ts";

/**
 * What a caller may rely on: limits are the smallest of the group asked, abilities those that some deployment has,
 * since the router only asks one that can.
 */
export function profileOf(source: ModelSource, model: string): ModelProfile {
  const asked = source.deployments.filter(({ group, id }) => group === model || id === model);
  const all = (asked.length > 0 ? asked : source.deployments).map((one) => profileOfOne(source, one));
  const able = source.deployments.map((one) => profileOfOne(source, one));
  const profile: Record<string, unknown> = {};
  for (const one of able) {
    for (const [name, value] of Object.entries(one)) {
      if (typeof value === "boolean") profile[name] = profile[name] === true || value;
    }
  }
  for (const one of all) {
    for (const [name, value] of Object.entries(one)) {
      const known = profile[name];
      if (typeof value === "number")
        profile[name] = typeof known === "number" ? Math.min(known, value) : value;
    }
  }
  return profile as ModelProfile;
}

/** The configuration's word, else what the model says of itself; tools and schemas count as able until denied. */
function profileOfOne(source: ModelSource, deployment: Deployment): ModelProfile {
  const { capabilities = {}, contextWindowTokens, maxOutputTokens } = deployment;
  const own = source.profileOf?.(deployment) ?? {};
  return {
    ...own,
    toolCalling: capabilities.tools ?? own.toolCalling ?? true,
    structuredOutput: capabilities.jsonSchema ?? own.structuredOutput ?? true,
    ...(capabilities.images !== undefined && { imageInputs: capabilities.images }),
    ...(contextWindowTokens !== undefined && { maxInputTokens: contextWindowTokens }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  };
}
