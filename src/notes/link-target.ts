/** The parts of a link's address: what is linked, and where inside it. */
export interface LinkTarget {
  readonly target: string;
  readonly heading: string;
  readonly block: string;
}

/** Endings of files that Obsidian shows or that people attach, but that are no notes. */
const attachment =
  /\.(?:avif|base|bmp|canvas|csv|docx?|epub|excalidraw|excalidraw\.md|flac|gif|heic|html?|jpe?g|m4a|mkv|mov|mp[34]|odt|ogg|ogv|opus|pdf|png|pptx?|svg|tiff?|wav|webm|webp|xlsx?|zip|3gp)$/i;
/** A Markdown link names a file with its ending: `Node.js` is a script there, and a title in a wikilink. */
const otherFile =
  /\.(?:c|cpp|cs|css|go|h|ipynb|java|jsx?|json|php|py|rb|rs|sh|sql|tex|toml|tsx?|xml|ya?ml)$/i;

/** `[[Note#Heading#Deeper|alias]]` without its brackets, or undefined when it leads to no note. */
export function parseWikiTarget(inner: string): (LinkTarget & { alias: string }) | undefined {
  // In a table the bar is escaped; the backslash belongs to the table, not to the name.
  const bar = inner.search(/\\?\|/);
  const address = bar === -1 ? inner : inner.slice(0, bar);
  const alias =
    bar === -1
      ? ""
      : inner
          .slice(bar)
          .replace(/^\\?\|/, "")
          .replaceAll(/\\\|/g, "|")
          .trim();
  const parsed = splitAddress(address);
  return parsed === undefined ? undefined : { ...parsed, alias };
}

/** The address of a Markdown link, or undefined when it leads out of the vault or to an attachment. */
export function parseMarkdownTarget(address: string): LinkTarget | undefined {
  const url = address.startsWith("<") && address.endsWith(">") ? address.slice(1, -1) : address;
  if (/^(?:[a-z][a-z0-9+.-]+:(?!\s)|[a-z]:[\\/]|\/\/|www\.)/i.test(url)) return undefined;
  const parsed = splitAddress(url, (part) => decodePercent(part.replaceAll(/\\([!-/:-@[-`{-~])/g, "$1")));
  return parsed === undefined || otherFile.test(parsed.target) ? undefined : parsed;
}

/** Only the `#` that is written as one divides the address: `%23` belongs to a name. */
function splitAddress(
  address: string,
  decoded: (part: string) => string = (part) => part,
): LinkTarget | undefined {
  const hash = address.indexOf("#");
  const target = decoded(hash === -1 ? address : address.slice(0, hash)).trim();
  const inside = decoded(hash === -1 ? "" : address.slice(hash + 1)).trim();
  if (target === "" && inside === "") return undefined;
  if (isPlaceholder(target) || attachment.test(target) || target.endsWith("/")) return undefined;
  const isBlock = inside.startsWith("^");
  return { target, heading: isBlock ? "" : inside, block: isBlock ? inside.slice(1) : "" };
}

/** `{{title}}` and `<% tp.file.title %>`: what a template leaves to be filled in. */
function isPlaceholder(target: string): boolean {
  return target.includes("{{") || target.includes("<%");
}

function decodePercent(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
}
