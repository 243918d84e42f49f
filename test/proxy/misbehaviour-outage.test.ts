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

/** A busy machine may be so much later than its clock. */
const latenessMs = 1500;
const leastRequests = 40;

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
        { model_name: "primary", litellm_params: { ...params(primary.url), timeout: 0.5 } },
        { model_name: "spare", litellm_params: params(spare.url) },
      ],
      router_settings: {
        num_retries: 0,
        cooldown_time: cooldownSeconds,
        allowed_fails: 2,
        fallbacks: [{ primary: ["spare"] }],
      },
    });
    const seen: Promise<ProxyReply>[] = [];
    const ask = () => {
      const messages = [{ role: "user", content: "hi" }];
      const asked = askProxy(proxy.url, { model: "primary", messages, stream: seen.length % 2 === 0 });
      seen.push(asked);
      return asked;
    };
    /** Steady load until it is enough; all of it has ended then. */
    const askUntil = async (isEnough: () => boolean) => {
      while (!isEnough()) {
        void ask();
        await new Promise((resolve) => setTimeout(resolve, betweenRequestsMs));
      }
      await Promise.all(seen);
    };
    const rests = () =>
      [...proxy.log().matchAll(/primary rests for ([\d.]+) s/g)].map(([, seconds]) => Number(seconds));
    try {
      await ask();
      primary.reply = outage;
      const beganAtMs = performance.now();
      await askUntil(() => rests().length > 0);

      const [askedBefore, triedBefore] = [seen.length, primary.requests.length];
      await askUntil(
        () => performance.now() - beganAtMs > outageMs && seen.length - askedBefore >= leastRequests,
      );
      const tried = primary.requests.length - triedBefore;
      expect(tried).toBeLessThanOrEqual((seen.length - askedBefore) / 2);

      primary.reply = saying("primary");
      const endedAtMs = performance.now();
      const lastRestMs = (rests().at(-1) ?? 0) * 1000;
      while ((await ask()).text !== "primary") {
        expect(performance.now() - endedAtMs).toBeLessThan(lastRestMs + latenessMs);
      }
      expect((await ask()).text).toBe("primary");

      for (const reply of await Promise.all(seen)) {
        expect(reply).toMatchObject({ status: 200, finish: "stop", error: undefined });
        expect(["primary", "spare"]).toContain(reply.text);
      }
    } finally {
      await Promise.all([proxy.close(), primary.close(), spare.close()]);
    }
  },
);
