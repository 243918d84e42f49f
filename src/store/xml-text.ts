/** Characters that XML 1.0 has no way to write; halves of surrogate pairs are among them. */
const forbidden = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const notInTokens =
  /[^-:_0-9A-Za-z\u{B7}\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{37D}\u{37F}-\u{1FFF}\u{203F}\u{2040}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}]/gu;
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // A reader would take it for a line feed, and in attributes all three for spaces.
  "\r": "&#13;",
  "\t": "&#9;",
  "\n": "&#10;",
};

/** Text between two tags; what XML forbids is left out. */
export function xmlText(text: string): string {
  return text.replaceAll(forbidden, "").replaceAll(/[&<>\r]/g, entity);
}

/** The value of an attribute, between double quotes. */
export function xmlAttribute(text: string): string {
  return text.replaceAll(forbidden, "").replaceAll(/[&<>"\r\t\n]/g, entity);
}

/** Any text as a name token, which ids have to be; two texts never become one. A space is `.20.`. */
export function xmlToken(text: string): string {
  return text.replaceAll(notInTokens, (character) => `.${character.codePointAt(0)?.toString(16)}.`);
}

function entity(character: string): string {
  return entities[character] ?? character;
}
