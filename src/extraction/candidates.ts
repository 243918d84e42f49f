import { encodeRuns } from "../knowledge/candidate.ts";
import { findCandidates } from "../knowledge/find-candidates.ts";
import type { WordUses } from "../knowledge/lexicon.ts";
import { capitalPrior } from "./capital-prior.ts";

/** Where names may be in a chunk, as numbers (see `encodeRuns`); how its words are written is added to `uses`. */
export function candidatesOf(text: string, masked: readonly number[], uses: WordUses): number[] {
  return encodeRuns(findCandidates(text, masked, capitalPrior, uses));
}
