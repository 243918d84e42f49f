import type { RouteState } from "../routing/core.ts";

/** What an answer says of its route, under LiteLLM's names: names and values in turn. */
export function routeHeaders(route: RouteState): string[] {
  const { attempts, primary } = route;
  const last = attempts.at(-1);
  let fallbacks = 0;
  if (attempts.length > 1 || last?.group !== primary) {
    fallbacks = new Set(attempts.map(({ group }) => group).filter((group) => group !== primary)).size;
  }
  const isPrimaryAsked = attempts[0]?.group === primary;
  const retries = Math.max(0, attempts.length - fallbacks - (isPrimaryAsked ? 1 : 0));
  const headers = [
    "x-litellm-call-id",
    route.id,
    "x-litellm-attempted-retries",
    retries === 0 ? "0" : String(retries),
    "x-litellm-attempted-fallbacks",
    fallbacks === 0 ? "0" : String(fallbacks),
  ];
  if (last === undefined) headers.push("x-litellm-model-group", headerText(primary));
  else {
    headers.push("x-litellm-model-id", headerText(last.deployment));
    headers.push("x-litellm-model-group", headerText(last.group));
  }
  return headers;
}

/** A text as it may stand in a header: what is no printable ASCII is percent-encoded. */
export function headerText(text: string): string {
  return printable.test(text) ? text : encodeURIComponent(text.toWellFormed());
}

const printable = /^[!-~](?:[ -~]*[!-~])?$/;
