import { expect, it } from "vitest";
import { openaiAnswer, openaiEvents } from "../support/provider-servers/bodies.ts";
import { answer, events, startWireServer, type Reply } from "../support/provider-servers/wire-server.ts";
import { askProxy, startProxy, type ProxyReply } from "../support/proxy.ts";

/** Twelve seconds of outage, cooldowns of five, at a tenth of the time: everything that follows is in tenths too. */
const outageMs = 1200;
const cooldownSeconds = 0.5;
const betweenRequestsMs = 15;

const saying =
  (text: string): Reply =>
  (response, request) =>
    request.isStream
      ? events(openaiEvents([text]))(response, request)
      : answer(200, openaiAnswer(text))(response, request);

const outages: readonly (readonly [string, Reply])[] = [
  ["answers 503", answer(503, { error: { message: "overloaded" } })],
  ["cuts every connection", (response) => void response.destroy()],
  ["says nothing", () => {}],
];

interface Seen {
  readonly reply: ProxyReply;
  readonly endedAtMs: number;
}

it.concurrent.each(outages)(
  "through an outage in which the primary %s, every caller is answered",
  async (_, outage) => {
    const [primary, spare] = await Promise.all([
      startWireServer(saying("primary")),
      startWireServer(saying("spare")),
    ]);
    const params = (url: string) => ({ model: "openai/llama", api_key: "k", api_base: `${url}/v1` });
    const proxy = await startProxy({
      model_list: [
        { model_name: "primary", litellm_params: { ...params(primary.url), timeout: 0.3 } },
        { model_name: "spare", litellm_params: params(spare.url) },
      ],
      router_settings: {
        num_retries: 0,
        cooldown_time: cooldownSeconds,
        allowed_fails: 2,
        fallbacks: [{ primary: ["spare"] }],
      },
    });
    try {
      const seen: Promise<Seen>[] = [];
      const ask = async (): Promise<Seen> => {
        const body = {
          model: "primary",
          messages: [{ role: "user", content: "hi" }],
          stream: seen.length % 2 === 0,
        };
        const reply = await askProxy(proxy.url, body);
        return { reply, endedAtMs: performance.now() };
      };
      const askFor = async (ms: number) => {
        const until = performance.now() + ms;
        while (performance.now() < until) {
          seen.push(ask());
          await new Promise((resolve) => setTimeout(resolve, betweenRequestsMs));
        }
      };
      await askFor(200);
      primary.reply = outage;
      // Until enough has failed for the primary to be cooled.
      await askFor(350);
      const [askedBefore, triedBefore] = [seen.length, primary.requests.length];
      await askFor(outageMs - 350);
      const [asked, tried] = [seen.length - askedBefore, primary.requests.length - triedBefore];
      primary.reply = saying("primary");
      const backAtMs = performance.now();
      await askFor(2 * cooldownSeconds * 1000 + 500);

      expect(tried).toBeLessThanOrEqual(asked / 2);
      const all = await Promise.all(seen);
      for (const { reply } of all) {
        expect(reply).toMatchObject({ status: 200, finish: "stop", error: undefined });
        expect(["primary", "spare"]).toContain(reply.text);
      }
      // The cooldown that was running when the outage ended has been doubled at most once.
      const firstBack = all.find(({ reply, endedAtMs }) => reply.text === "primary" && endedAtMs > backAtMs);
      expect(firstBack).toBeDefined();
      expect((firstBack?.endedAtMs ?? Infinity) - backAtMs).toBeLessThan(2 * cooldownSeconds * 1000 + 400);
      expect(all.at(-1)?.reply.text).toBe("primary");
    } finally {
      await Promise.all([proxy.close(), primary.close(), spare.close()]);
    }
  },
);
