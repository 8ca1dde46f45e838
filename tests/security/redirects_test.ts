/** Promise 5: a redirect carries nothing to another host, port or scheme. */

import { assertEquals, assertNotMatch } from "@std/assert";
import { explain } from "../../lib/cli/explain/explain.ts";
import { IN_QUARTER, KEYS, keysOf, QUARTER, stockFiles, World } from "../program/harness.ts";

/** Counts connections; nothing speaks there. */
class Elsewhere implements AsyncDisposable {
  connections = 0;
  readonly port: number;
  readonly #listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  readonly #accepting: Promise<void>;

  constructor() {
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener) {
      this.connections++;
      socket.close();
    }
  }
}

const STATUSES = [301, 302, 303, 307, 308] as const;

/** Where to: another host, port or scheme, and spellings that a careless client follows. */
const TARGETS: readonly ((port: number) => string)[] = [
  (port) => `http://localhost:${port}/`,
  (port) => `http://127.0.0.1:${port}/flatfiles/x?X-Amz-Signature=1`,
  (port) => `https://127.0.0.1:${port}/`,
  (port) => `//127.0.0.1:${port}/`,
  (port) => `HTTP://user:word@127.0.0.1:${port}/\u001b`,
];

const sessionToken = "CANARYTOKEN0123456789";

for (const status of STATUSES) {
  Deno.test(`preload() (${status} to another host, port, scheme) sends nothing there, token or not`, async () => {
    await using elsewhere = new Elsewhere();
    const credentials = { ...KEYS, sessionToken };
    const files = stockFiles({ from: "2025-01-02", to: "2025-01-03" });
    await using world = await World.open([files], { credentials });
    for (const target of TARGETS) {
      const location = target(elsewhere.port).replace(/[^\x20-\x7e]/g, "");
      for (const scope of [{ listing: "" }, { key: /gz$/ }]) {
        world.s3.faults.add({ name: "redirect", status, location }, scope);
        const events: unknown[] = [];
        const ended = await world.load(["TSLA"], {
          ...QUARTER,
          credentials,
          refresh: true,
          reporter: (event) => events.push(event),
        }).then(({ summary }) => summary, explain);
        const text = JSON.stringify([ended, events]);
        assertNotMatch(text, /CANARY|Signature|user:word/);
        if ("exitCode" in ended) assertEquals(ended.exitCode, 4);
        else assertEquals(ended.failures.map(({ key }) => key), keysOf(files));
        world.s3.faults.clear();
      }
    }
    assertEquals(elsewhere.connections, 0);
  });
}

Deno.test("flatfetch TSLA --debug (redirected) names the other host, never asks it and shows no secret", async () => {
  await using elsewhere = new Elsewhere();
  await using world = await World.open([stockFiles()]);
  const location = `http://localhost:${elsewhere.port}/?X-Amz-Signature=CANARY`;
  world.s3.faults.add({ name: "redirect", status: 302, location });
  const { stdout, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--debug"]);
  assertEquals(/a redirect to the host "localhost"/.test(stderr), true);
  assertNotMatch(stdout + stderr, /CANARY|Signature/);
  assertEquals(elsewhere.connections, 0);
});
