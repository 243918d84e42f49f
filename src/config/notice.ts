/** Where a value stands: a file with line and column, or a variable and what it was read from. */
export interface Place {
  readonly source: string;
  readonly line?: number;
  readonly column?: number;
}

/** Something a user should know of the configuration; keys and passwords never stand in it. */
export interface Notice {
  /** `reading`: a key of the guide and what it was read as; `warning`: something to look at. */
  readonly kind: "reading" | "warning";
  readonly message: string;
  readonly place?: Place;
}

/** `file:line:column`, as editors take it. */
export function placeText(place: Place): string {
  return [place.source, place.line, place.column].filter((part) => part !== undefined).join(":");
}

/** Collects notices, each message once. */
export class Notices {
  private readonly byText = new Map<string, Notice>();

  get list(): readonly Notice[] {
    return [...this.byText.values()];
  }

  warn(message: string, place?: Place): void {
    this.add({ kind: "warning", message, ...(place && { place }) });
  }

  reading(message: string, place?: Place): void {
    this.add({ kind: "reading", message, ...(place && { place }) });
  }

  private add(notice: Notice): void {
    // An address may carry a password.
    const message = notice.message.replaceAll(/\/\/[^/\s@]+@/g, "//…@");
    if (!this.byText.has(message)) this.byText.set(message, { ...notice, message });
  }
}

/** One line for a notice: its place, then its sentence. */
export function noticeText(notice: Notice): string {
  return notice.place ? `${placeText(notice.place)}: ${notice.message}` : notice.message;
}
