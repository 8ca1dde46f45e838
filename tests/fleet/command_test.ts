/** `flatfetch fleet` on a real NATS server. */

import { assertEquals, assertMatch } from "@std/assert";
import { FleetConnection } from "../../lib/fleet/connection.ts";
import { publishJob } from "../../lib/fleet/coordinator.ts";
import { jobId } from "../../lib/fleet/protocol.ts";
import { World } from "../program/harness.ts";
import { HAS_SERVER, NatsServer } from "./nats_server.ts";

Deno.test({
  name: "flatfetch fleet status, at-once and cancel show, pace and end the jobs of a server",
  ignore: !HAS_SERVER,
  async fn() {
    await using server = await NatsServer.start();
    await using world = await World.open([]);
    const { url } = server;
    const none = await world.run(["fleet", "status", url]);
    assertEquals([none.code, none.stdout, none.stderr], [0, "", "The fleet has no job.\n"]);
    const job = { id: jobId("shown"), title: "stocks into lake", wants: {}, atOnce: 20 };
    {
      await using fleet = await FleetConnection.open({ url, name: "test" });
      const tasks = [1, 2, 3].map((n) => ({ key: `k${n}`, bytes: n, work: {} }));
      await publishJob(fleet, job, { tasks, signal: new AbortController().signal });
    }
    const shown = await world.run(["fleet", "status", url]);
    assertMatch(
      shown.stdout,
      /^JOB .*AT ONCE\n[0-9a-f]{16} {2}stocks into lake +3 +0 +0 +0 +20\n$/,
    );
    const paced = await world.run(["fleet", "at-once", "5", url, job.id]);
    assertEquals(paced.stderr, "1 job may now have 5 tasks at once.\n");
    const [{ atOnce, limit, waiting }] = JSON.parse(
      (await world.run(["fleet", "status", url, "--json"])).stdout,
    );
    assertEquals([atOnce, limit, waiting], [5, 5, 3]);
    const unknown = await world.run(["fleet", "cancel", url, "0123"]);
    assertEquals(unknown.code, 2);
    assertMatch(unknown.stderr, new RegExp(`Cannot find job "0123": the fleet has ${job.id}`));
    const ended = await world.run(["fleet", "cancel", url]);
    assertEquals(ended.stderr, "Cancelled 1 job.\n");
    for (const args of [["cancel", url], ["at-once", "5", url]]) {
      const { code, stderr } = await world.run(["fleet", ...args]);
      assertEquals([code, stderr], [0, "The fleet has no job.\n"]);
    }
    assertEquals((await world.run(["fleet", "status", url, "--json"])).stdout, "[]\n");
  },
});

Deno.test("flatfetch fleet refuses what it cannot read, and keys that are given by half", async () => {
  await using world = await World.open([]);
  for (
    const [args, message] of [
      [[], /no action is given, want one of status, cancel, at-once/],
      [["list"], /found "list", want one of/],
      [["status"], /want the server's URL/],
      [["status", "nats://far.example:4222"], /want tls:\/\/ for a server on another machine/],
      [["at-once", "nats://localhost:1", "5"], /for at-once: want a number, then the server's URL/],
      [["at-once", "0", "nats://localhost"], /want a whole number from 1 to 10000/],
    ] as const
  ) {
    const { code, stderr } = await world.run(["fleet", ...args]);
    assertEquals(code, 2, args.join(" "));
    assertMatch(stderr, message);
  }
  const env = { NATS_USER: "me" };
  const { code, stderr } = await world.run(["fleet", "status", "nats://localhost:1"], { env });
  assertEquals(code, 4);
  assertMatch(stderr, /NATS_USER is set, and NATS_PASSWORD is not/);
});
