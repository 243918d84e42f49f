import { describe, expect, test } from "vitest";
import { chooseEntry } from "../../src/local-ai/gallery-name.ts";
import { jobState } from "../../src/local-ai/job-state.ts";

/** Names of the real gallery, its rivals of near the same name among them. */
const names = `
  llama-3.2-1b-instruct:q4_k_m llama-3.2-1b-instruct:q8_0 llama-3.2-3b-instruct:q4_k_m llama-3.2-3b-instruct:q8_0
  llama3.2-3b-enigma hermes-3-llama-3.2-3b llama-3.2-3b-instruct-uncensored meta-llama-3.1-8b-instruct
  meta-llama-3.1-8b-instruct:grammar-functioncall llama-3.3-70b-instruct qwen3-8b qwen3-30b-a3b qwen_qwen3.5-4b
  qwen3-coder-30b-a3b-instruct qwen3-8b-jailbroken gemma-3-4b-it gemma-3-4b-it-qat gemma-3n-e2b-it
  mistral-7b-instruct-v0.3 mistral-nemo-instruct-2407 mistral-small-24b-instruct-2501
  mistralai_mistral-small-3.1-24b-instruct-2503 codellama-7b deepseek-r1-distill-qwen-7b deepseek-r1-distill-llama-8b
  nomic-embed-text-v1.5 gpt-oss-20b`
  .trim()
  .split(/\s+/);
const entries = names.map((name) => ({ name, gallery: "localai", tags: [], files: [] }));

function found(name: string): string | undefined {
  const choice = chooseEntry(name, entries);
  return choice.kind === "found" ? choice.entry.name : undefined;
}

describe("a model's name", () => {
  test.each([
    ["llama3.2:3b", "llama-3.2-3b-instruct:q4_k_m"],
    ["localai/llama3.2:1b", "llama-3.2-1b-instruct:q4_k_m"],
    ["LLAMA3.2:3b-instruct-q8_0", "llama-3.2-3b-instruct:q8_0"],
    ["llama3.1:8b", "meta-llama-3.1-8b-instruct"],
    ["llama3.3", "llama-3.3-70b-instruct"],
    ["llama3.3:latest", "llama-3.3-70b-instruct"],
    ["library/qwen3:8b", "qwen3-8b"],
    ["qwen3:30b", "qwen3-30b-a3b"],
    ["qwen3.5:4b", "qwen_qwen3.5-4b"],
    ["qwen3-coder:30b", "qwen3-coder-30b-a3b-instruct"],
    ["gemma3:4b", "gemma-3-4b-it"],
    ["gemma3:4b-it-qat", "gemma-3-4b-it-qat"],
    ["gemma3n:e2b", "gemma-3n-e2b-it"],
    ["mistral:7b", "mistral-7b-instruct-v0.3"],
    ["mistral-nemo", "mistral-nemo-instruct-2407"],
    ["mistral-small:24b", "mistral-small-24b-instruct-2501"],
    ["mistral-small3.1:24b", "mistralai_mistral-small-3.1-24b-instruct-2503"],
    ["codellama:7b", "codellama-7b"],
    ["deepseek-r1:7b", "deepseek-r1-distill-qwen-7b"],
    ["deepseek-r1:8b", "deepseek-r1-distill-llama-8b"],
    ["nomic-embed-text", "nomic-embed-text-v1.5"],
    ["gpt-oss:20b", "gpt-oss-20b"],
    ["localai@Llama-3.2-3B-Instruct:Q4_K_M", "llama-3.2-3b-instruct:q4_k_m"],
    ["llama3.2-3b-enigma", "llama3.2-3b-enigma"],
  ])("%s is the gallery's %s", (name, entry) => expect(found(name)).toBe(entry));

  test.each(["qwen2.5:7b", "gemma3:27b", "llama3.2:3b-instruct-q5_K_M", "llama3", "3b", ""])(
    "%j is none of them, rather than the wrong one",
    (name) => expect(found(name)).toBeUndefined(),
  );

  test("is read from the names of files where the entry's own does not say the bits", () => {
    const q8 = { name: "gemma-3-4b-it", gallery: "localai", tags: [], files: ["gemma-3-4b-it-Q8_0.gguf"] };
    expect(chooseEntry("gemma3:4b-it-q8_0", [q8])).toMatchObject({ kind: "found" });
    expect(chooseEntry("gemma3:4b-it-q4_K_M", [q8])).toEqual({ kind: "unknown", near: ["gemma-3-4b-it"] });
  });
});

describe("a job's state is read", () => {
  test.each([
    [
      "as it was before v4.3.2",
      { error: {}, message: "error: disk", processed: true },
      { kind: "failed", reason: "disk" },
    ],
    ["without an error", { error: null, message: "completed", processed: true }, { kind: "done" }],
    [
      "from v4.3.2 on",
      { error: "disk", message: "error: disk", processed: true },
      { kind: "failed", reason: "disk" },
    ],
    ["cancelled, as 4.7.1 says it", { error: "context canceled", processed: true }, { kind: "cancelled" }],
    [
      "cancelled, as newer ones do",
      { cancelled: true, processed: true, message: "cancelled" },
      { kind: "cancelled" },
    ],
    [
      "with an error of no words",
      { error: {}, message: "", processed: true },
      { kind: "failed", reason: "it says nothing of the reason" },
    ],
    [
      "under way, in words",
      { processed: false, message: "m", progress: 5.9, file_size: "24.0 MiB", downloaded_size: "1.5 MiB" },
      { kind: "running", message: "m", percent: 5.9, currentBytes: 1_572_864, totalBytes: 25_165_824 },
    ],
    [
      "under way, in numbers",
      { progress: 250, current_bytes: 5, total_bytes: 9 },
      { kind: "running", message: "", percent: 100, currentBytes: 5, totalBytes: 9 },
    ],
    ["as nothing at all", null, { kind: "running", message: "", percent: 0 }],
  ])("%s", (_, status, state) => expect(jobState(status)).toEqual(state));
});
