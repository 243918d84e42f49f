export { fromGeminiResponse, joinedEvents } from "./gemini-translator-answer.ts";
export {
  fromGeminiEmbeddingResponse,
  toGeminiEmbeddingRequest,
  type EmbeddingList,
  type GeminiEmbeddingRequest,
} from "./gemini-translator-embeddings.ts";
export type {
  AnswerLabel,
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  CompletionUsage,
} from "./gemini-translator-openai.ts";
export { toGeminiRequest, type GeminiRequest } from "./gemini-translator-request.ts";
export { GeminiStreamTranslator, type StreamLabel } from "./gemini-translator-stream.ts";
export { geminiTrouble, type GeminiTrouble } from "./gemini-translator-trouble.ts";
