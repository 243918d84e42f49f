/** One server-sent event: its `event:` name, if any, and its `data:` lines joined. */
export interface ServerSentEvent {
  readonly event?: string;
  readonly data: string;
}

/** Reads server-sent events from bytes, however they are split; an unfinished last event is given too. */
export async function* serverSentEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  let lines: string[] = [];
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A lone CR at the end may be half of a CRLF: it waits for the next chunk.
    const complete = rest.split(/\r\n|\n|\r(?!$)/);
    rest = complete.pop() ?? "";
    for (const line of complete) {
      if (line !== "") lines.push(line);
      else {
        const event = eventOf(lines);
        lines = [];
        if (event !== undefined) yield event;
      }
    }
  }
  lines.push(...(rest + decoder.decode()).split(/\r\n|\n|\r/));
  const last = eventOf(lines);
  if (last !== undefined) yield last;
}

function eventOf(lines: readonly string[]): ServerSentEvent | undefined {
  let event: string | undefined;
  const data: string[] = [];
  for (const line of lines) {
    const [, name, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === "data") data.push(value);
    else if (name === "event") event = value;
  }
  if (data.length === 0) return undefined;
  return { data: data.join("\n"), ...(event !== undefined && { event }) };
}
