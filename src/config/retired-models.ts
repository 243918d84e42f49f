/** A model name its provider has shut, or will shut on a known day, and the name it puts in its place. */
export interface RetiredModel {
  readonly name: string;
  /** Day of the shutdown, YYYY-MM-DD. */
  readonly shutOn: string;
  readonly successor: string;
}

/**
 * Read on 2026-11-25. Source: https://ai.google.dev/gemini-api/docs/deprecations and its release notes.
 * Where Google's first successor is itself going, the one it names for that stands here.
 */
export const retiredModels: readonly RetiredModel[] = [
  { name: "gemini-pro", shutOn: "2025-02-15", successor: "gemini-3.8-flash" },
  { name: "gemini-1.0-pro", shutOn: "2025-02-15", successor: "gemini-3.8-flash" },
  { name: "gemini-1.5-flash", shutOn: "2025-09-24", successor: "gemini-3.5-flash-lite" },
  { name: "gemini-1.5-flash-latest", shutOn: "2025-09-24", successor: "gemini-3.5-flash-lite" },
  { name: "gemini-1.5-flash-8b", shutOn: "2025-09-24", successor: "gemini-2.5-flash-lite" },
  { name: "gemini-1.5-pro", shutOn: "2025-09-24", successor: "gemini-3.8-flash" },
  { name: "gemini-1.5-pro-latest", shutOn: "2025-09-24", successor: "gemini-3.8-flash" },
  { name: "gemini-2.0-flash-exp", shutOn: "2026-06-01", successor: "gemini-3.5-flash-lite" },
  { name: "gemini-2.0-flash", shutOn: "2026-06-01", successor: "gemini-3.5-flash-lite" },
  { name: "gemini-2.0-flash-001", shutOn: "2026-06-01", successor: "gemini-3.5-flash-lite" },
  { name: "gemini-2.0-flash-lite", shutOn: "2026-06-01", successor: "gemini-2.5-flash-lite" },
  { name: "gemini-2.0-flash-lite-001", shutOn: "2026-06-01", successor: "gemini-2.5-flash-lite" },
  { name: "gemini-2.5-flash", shutOn: "2026-12-01", successor: "gemini-3.5-flash-lite" },
  { name: "gemini-2.5-pro", shutOn: "2026-12-01", successor: "gemini-3.8-flash" },
  { name: "gemini-3-pro-preview", shutOn: "2026-03-09", successor: "gemini-3.1-pro-preview" },
];

/** The entry of a Gemini model's name, with or without `models/`; undefined for a name that stands. */
export function retiredModel(name: string): RetiredModel | undefined {
  const plain = name.replace(/^models\//, "");
  return retiredModels.find((entry) => entry.name === plain);
}
