/** What came back of one request, streamed or not. */
export interface ProxyReply {
  readonly status: number;
  readonly headers: Headers;
  /** The answer's text, or as much of it as came. */
  readonly text: string;
  readonly finish: string | undefined;
  readonly error:
    | { readonly message: string; readonly type: string; readonly code: string | null }
    | undefined;
  /** A stream ended with `[DONE]`. */
  readonly isDone: boolean;
}

interface Choice {
  readonly delta?: { readonly content?: string | null };
  readonly message?: { readonly content?: string | null };
  readonly finish_reason?: string | null;
}

interface Body {
  readonly choices?: readonly Choice[];
  readonly error?: NonNullable<ProxyReply["error"]>;
}

/** One chat completion over plain HTTP, read to its end. */
export async function askProxy(
  url: string,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<ProxyReply> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const isStream = /event-stream/.test(response.headers.get("content-type") ?? "");
  const data = isStream ? await eventsOf(response) : [await response.text()];
  const bodies = data.filter((one) => one !== "[DONE]").map((one) => JSON.parse(one) as Body);
  const choices = bodies.flatMap(({ choices: list = [] }) => list.slice(0, 1));
  return {
    status: response.status,
    headers: response.headers,
    text: choices.map(({ delta, message }) => (delta ?? message)?.content ?? "").join(""),
    finish: choices.find(({ finish_reason }) => finish_reason)?.finish_reason ?? undefined,
    error: bodies.find(({ error }) => error !== undefined)?.error,
    isDone: data.at(-1) === "[DONE]",
  };
}

/** Every frame has to be whole: what a client cannot read fails here. */
async function eventsOf(response: Response): Promise<string[]> {
  const text = await response.text();
  const frames = text.split(/\r?\n\r?\n/).filter((frame) => frame !== "");
  return frames.map((frame) =>
    frame
      .split(/\r?\n/)
      .map((line) => line.replace(/^data: ?/, ""))
      .join("\n"),
  );
}
