/** Good answers as the providers' servers send them. */
export function geminiAnswer(text: string, more: Record<string, unknown> = {}) {
  return {
    candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason: "STOP", index: 0 }],
    usageMetadata: {
      promptTokenCount: 5,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 2,
      totalTokenCount: 11,
    },
    modelVersion: "gemini-3.1-flash-lite",
    responseId: "r1",
    ...more,
  };
}

/** Stream events of Gemini: the last one carries the finish reason and no content. */
export function geminiEvents(texts: readonly string[], finishReason: string | null = "STOP") {
  const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 4, totalTokenCount: 9 };
  const deltas = texts.map((text) => ({
    candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0 }],
    modelVersion: "gemini-3.1-flash-lite",
  }));
  const last = {
    candidates: [{ finishReason, index: 0 }],
    usageMetadata,
    modelVersion: "gemini-3.1-flash-lite",
  };
  return finishReason === null ? deltas : [...deltas, last];
}

export function openaiAnswer(content: string | null, finishReason = "stop", message: object = {}) {
  return {
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "llama3.2:3b",
    choices: [{ index: 0, finish_reason: finishReason, message: { role: "assistant", content, ...message } }],
    usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
  };
}

/** Stream events of OpenAI and LocalAI, from the role delta to `[DONE]`. */
export function openaiEvents(texts: readonly string[], finishReason: string | null = "stop") {
  const chunk = (delta: object, finish: string | null = null) => ({
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "llama3.2:3b",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  return [
    chunk({ role: "assistant", content: null }),
    ...texts.map((content) => chunk({ content })),
    ...(finishReason === null ? [] : [chunk({}, finishReason)]),
    "[DONE]",
  ];
}
