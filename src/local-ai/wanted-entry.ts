import { UsageError } from "../errors.ts";
import { type LocalAiServer, placeOf } from "./ask-local-ai.ts";
import { galleryEntries, type GalleryEntry } from "./gallery.ts";
import { chooseEntry } from "./gallery-name.ts";
import { LocalAiError } from "./local-ai-error.ts";

/** What is to be installed, and what it shall answer to. */
export interface WantedEntry {
  readonly entry: GalleryEntry;
  readonly model: string;
}

/**
 * Finds a model in the server's gallery. It answers to the configuration's word for it, so that that works as it
 * stands, else to the user's. Throws UsageError when the gallery has none, or several, of that name.
 */
export async function wantedEntry(
  server: LocalAiServer,
  asked: string,
  configured: readonly string[],
  signal: AbortSignal,
): Promise<WantedEntry> {
  const entries = await entriesOf(server, signal);
  const entry = entryFor(asked, entries, placeOf(server));
  return { entry, model: nameFor(asked, entry, entries, configured) };
}

async function entriesOf(server: LocalAiServer, signal: AbortSignal): Promise<GalleryEntry[]> {
  try {
    return await galleryEntries(server, signal);
  } catch (error) {
    if (!(error instanceof LocalAiError) || error.reason !== "missing") throw error;
    throw new UsageError(
      "GALLERY_MISSING",
      `${placeOf(server)} has no gallery of models: it is no LocalAI, or one with its gallery switched off (LOCALAI_DISABLE_GALLERY_ENDPOINT).`,
      { cause: error },
    );
  }
}

function entryFor(name: string, entries: readonly GalleryEntry[], place: string): GalleryEntry {
  const choice = chooseEntry(name, entries);
  if (choice.kind === "found") return choice.entry;
  if (choice.kind === "several") {
    const family = name.replace(/:latest$/, "");
    throw new UsageError(
      "MODEL_AMBIGUOUS",
      `${name} comes in several sizes (${choice.sizes.join(", ")}): name one, such as ${family}:${choice.sizes[0]}.`,
      { facts: { name, sizes: choice.sizes } },
    );
  }
  const near = choice.near.length > 0 ? ` The nearest it has: ${choice.near.join(", ")}.` : "";
  const hint = near === "" ? ` See ${place}/browse for what there is.` : near;
  throw new UsageError("MODEL_UNKNOWN", `LocalAI's gallery at ${place} has no model ${name}.${hint}`, {
    facts: { name, near: choice.near },
  });
}

function nameFor(
  asked: string,
  entry: GalleryEntry,
  entries: readonly GalleryEntry[],
  configured: readonly string[],
): string {
  const own = configured.find((name) => {
    const choice = name === asked ? undefined : chooseEntry(name, entries);
    return choice?.kind === "found" && choice.entry === entry;
  });
  return configured.includes(asked) ? asked : (own ?? asked.replace(/^[^@]*@/, ""));
}
