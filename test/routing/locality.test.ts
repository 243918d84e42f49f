import { describe, expect, it } from "vitest";
import { createLocality, isPrivateAddress } from "../../src/routing/index.ts";
import { deployment, gemini, localai, ok, scene } from "./scenes.ts";

const hosts: Record<string, string[]> = {
  localhost: ["127.0.0.1", "::1"],
  "home.lan": ["192.168.1.20"],
  "mixed.test": ["10.0.0.4", "8.8.8.8"],
  "cloud.test": ["142.250.1.1"],
  "api.openai.com": ["10.0.0.1"],
};
const lookup = async (host: string) => {
  const addresses = hosts[host];
  if (addresses === undefined) throw new Error("ENOTFOUND");
  return addresses.map((address) => ({ address }));
};
const locality = createLocality(lookup);
const isLocal = (baseUrl: string, more = {}) => locality.isLocal(deployment("x", { baseUrl, ...more }));

describe("an address", () => {
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.9",
    "169.254.1.1",
    "::1",
    "fd00::1",
    "fe80::1%eth0",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
  ])("%s is private", (address) => expect(isPrivateAddress(address)).toBe(true));
  it.each([
    "8.8.8.8",
    "172.32.0.1",
    "100.64.0.1",
    "2001:4860::8888",
    "::ffff:8.8.8.8",
    "",
    "localhost",
    "127.0.0.1.evil.test",
  ])("%s is not", (address) => expect(isPrivateAddress(address)).toBe(false));
});

describe("a deployment", () => {
  it.each([
    ["http://localhost:8080/v1", true],
    ["http://127.0.0.1:8080/v1", true],
    ["http://2130706433/v1", true],
    ["http://[::1]:8080/v1", true],
    ["http://home.lan/v1", true],
    ["http://mixed.test/v1", false],
    ["https://cloud.test/v1", false],
    ["http://does-not-resolve.test/v1", false],
    ["https://api.openai.com/v1", false],
    ["not a url", false],
  ])("at %s: %s", async (baseUrl, expected) => {
    expect(await isLocal(baseUrl)).toBe(expected);
  });

  it("is what its configuration says, but Google's and OpenAI's addresses never are", async () => {
    expect(await isLocal("http://127.0.0.1:9/v1", { local: false })).toBe(false);
    expect(await isLocal("https://cloud.test/v1", { local: true })).toBe(true);
    expect(await isLocal("https://api.openai.com/v1", { local: true })).toBe(false);
    expect(await isLocal("https://generativelanguage.googleapis.com", { local: true })).toBe(false);
  });

  it("that speaks Gemini's language on loopback is a way to Google until it is said not to be", async () => {
    expect(await isLocal("http://127.0.0.1:9", { provider: "gemini" })).toBe(false);
    expect(await isLocal("http://127.0.0.1:9", { provider: "gemini", local: true })).toBe(true);
  });
});

describe("a private request", () => {
  it("skips the first deployment for a local one, and fails with 503 when there is none", async () => {
    const deployments = [gemini(), localai({ baseUrl: "http://home.lan/v1" })];
    const settings = { defaultFallbacks: ["localai-llama"] };
    const private_ = scene(deployments, { "localai-llama": ok }, settings, { locality });
    await private_.ask({ localOnly: true });
    expect(private_.calls.map((call) => call.deployment)).toEqual(["localai-llama"]);
    const alone = scene([gemini()], {}, {}, { locality });
    await expect(alone.ask({ localOnly: true })).rejects.toMatchObject({
      code: "NO_LOCAL_DEPLOYMENT",
      status: 503,
    });
    expect(alone.calls).toEqual([]);
  });

  it("is not sent when the name has come to mean another address since", async () => {
    let asked = 0;
    const moving = createLocality(async () => {
      asked += 1;
      return [{ address: asked === 1 ? "10.0.0.1" : "8.8.8.8" }];
    });
    const { ask, calls } = scene([localai()], {}, {}, { locality: moving });
    await expect(ask({ localOnly: true })).rejects.toMatchObject({ failure: { code: "ERR_NOT_LOCAL" } });
    expect(calls).toEqual([]);
  });
});
