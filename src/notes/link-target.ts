/** The parts of a link's address: what is linked, and where inside it. */
export interface LinkTarget {
  readonly target: string;
  readonly heading: string;
  readonly block: string;
}

/** Endings of files that Obsidian shows but that are no notes. */
const attachment =
  /\.(?:avif|base|bmp|canvas|csv|docx?|excalidraw|flac|gif|heic|html?|jpe?g|js|json|m4a|mkv|mov|mp[34]|odt|ogg|ogv|opus|pdf|png|pptx?|svg|tiff?|ts|wav|webm|webp|xlsx?|ya?ml|zip|3gp|css|excalidraw\.md)$/i;

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
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(url) || url.startsWith("www.")) return undefined;
  return splitAddress(decodePercent(url));
}

function splitAddress(address: string): LinkTarget | undefined {
  const hash = address.indexOf("#");
  const target = (hash === -1 ? address : address.slice(0, hash)).trim();
  const inside = hash === -1 ? "" : address.slice(hash + 1).trim();
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
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
