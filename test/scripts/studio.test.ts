import { createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../support/command.ts";
import { temporaryFolder } from "../support/folder.ts";

test("studio says that its port is taken in one sentence, before it starts anything", async () => {
  const other = createServer();
  await new Promise<void>((settle) => other.listen(0, "127.0.0.1", settle));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { code, stdout, stderr } = await run(["studio", "--port", String(port)], { in: temporaryFolder() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe(`Port ${port} is in use: end what uses it, or name another with --port.\n`);
});
