const keptSamples = 10;

/** The newest latencies of a deployment. */
export interface Latency {
  readonly perTokenMs: readonly number[];
  readonly wholeMs: readonly number[];
}

export const noLatency: Latency = { perTokenMs: [], wholeMs: [] };

/**
 * One more answer: milliseconds to its first content (or to its end, when it was not streamed) for each token of
 * it. A failure by silence counts with all the time it took, so that a dead deployment is not the fastest.
 */
export function withSample(latency: Latency, ms: number, outputTokens: number): Latency {
  return {
    perTokenMs: [...latency.perTokenMs.slice(1 - keptSamples), ms / Math.max(1, outputTokens)],
    wholeMs: [...latency.wholeMs.slice(1 - keptSamples), ms],
  };
}

export function meanOf(samples: readonly number[]): number | undefined {
  return samples.length === 0 ? undefined : samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}
