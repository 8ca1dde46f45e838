/** Exports by worker processes over a real NATS server, whatever of it ends meanwhile. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { S3Error } from "../../mod.ts";
import { filesUnder, KEYS } from "../program/harness.ts";
import { contentOf, Fleet, soon } from "./export_fleet.ts";
import { HAS_SERVER } from "./nats_server.ts";

const ignore = !HAS_SERVER;
const DAYS = generateStockDays({ tickers: 40, from: "2025-01-02", to: "2025-02-28" });
const { dataset } = DAYS;
const BAD = DAYS.keyOf(DAYS.dates[5]!);
const NO_GZIP = new TextEncoder().encode("this is no gzip at all");

Deno.test({
  name:
    "two workers make the lake of one machine, each object once, never more at once than allowed",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS, { latencyMs: 20, throttleAbove: 3 });
    const expected = await fleet.expected();
    for (let i = 0; i < 2; i++) fleet.startWorker("--slots", "4");
    const result = await fleet.export({ atOnce: 3 });
    assertEquals([result.complete, result.objectsWritten], [true, DAYS.dates.length]);
    assertEquals(fleet.world.s3.requests.filter(({ status }) => status === 503), []);
    assertEquals([...fleet.gets().values()], DAYS.dates.map(() => 1));
    assertEquals(await contentOf(fleet.lake), expected);
    const again = await fleet.export();
    assertEquals([again.complete, again.objectsWritten, again.planned.objects], [true, 0, 0]);
  },
});

Deno.test({
  name:
    "workers killed, stopped and told to end, a server and a coordinator that die: the same lake",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS, { latencyMs: 100 });
    const expected = await fleet.expected();
    const [killed, stopped, ended] = [1, 2, 3].map(() => fleet.startWorker("--slots", "2"));
    const dying = new AbortController();
    const first = fleet.export({ signal: dying.signal }).catch(() => undefined);
    await fleet.untilThere(6);
    killed!.kill("SIGKILL");
    stopped!.kill("SIGSTOP");
    dying.abort(new Error("the coordinator dies"));
    await first;
    await fleet.untilThere(12);
    ended!.kill("SIGTERM");
    assertEquals((await ended!.ended).code, 143);
    await fleet.nats.kill();
    await fleet.nats.restart();
    const late = fleet.startWorker("--slots", "2");
    const result = await fleet.export();
    assertEquals(result.complete, true);
    assertEquals(await contentOf(fleet.lake), expected);
    // The stopped worker goes on with what others have done meanwhile, and with what is left.
    late.kill("SIGKILL");
    stopped!.kill("SIGCONT");
    await Deno.remove(`${fleet.lake}${[...expected.keys()].at(-1)}`);
    const { complete, objectsWritten } = await fleet.export();
    assertEquals([complete, objectsWritten], [true, 1]);
    stopped!.kill("SIGTERM");
    const { code, stderr } = await stopped!.ended;
    assertEquals(code, 143);
    assertMatch(new TextDecoder().decode(stderr), /worker-\d+ ends: \d+ files?/);
    assertEquals(await contentOf(fleet.lake), expected);
    await fleet.world.quiet();
    const twice = [...fleet.gets().values()].filter((count) => count > 1).length;
    // Those that the killed, the stopped and the ended worker had in hand, and the one removed; on a
    // busy machine a worker may also be late to say that it is still at work.
    assert(twice <= 10, `${twice} objects were fetched again`);
  },
});

Deno.test({
  name:
    "flatfetch export --fleet (killed with kill -9, started again) exits 0, with each object fetched once",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS, { latencyMs: 100 });
    const { world, nats } = fleet;
    fleet.startWorker("--slots", "2");
    const args = ["export", dataset, "--into", fleet.lake, "--fleet", nats.url];
    const coordinator = fleet.start(args);
    await fleet.untilThere(6);
    coordinator.kill("SIGKILL");
    await coordinator.ended;
    assert((await contentOf(fleet.lake)).size < DAYS.dates.length);
    const { code, stderr } = await world.run(args);
    assertEquals(code, 0, stderr);
    assertEquals((await contentOf(fleet.lake)).size, DAYS.dates.length);
    assertEquals([...fleet.gets().values()], DAYS.dates.map(() => 1));
  },
});

Deno.test({
  name: "flatfetch worker (SIGTERM) finishes within ten seconds what it has in hand, and exits 143",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS);
    const { world } = fleet;
    await fleet.export({ detach: true });
    // Longer than any other command may take to end.
    world.s3.latencyMs = 2_200;
    const worker = fleet.startWorker("--slots", "2");
    while (fleet.begun() < 2) await soon();
    worker.kill("SIGTERM");
    const { code, stderr } = await worker.ended;
    await world.quiet();
    const said = new TextDecoder().decode(stderr);
    assertMatch(said, /worker-\d+ ends: 2 files, \d+ rows/);
    assertEquals([code, (await contentOf(fleet.lake)).size, fleet.begun()], [143, 2, 2], said);
    const { stdout } = await world.run(["fleet", "status", fleet.nats.url, "--json"]);
    const [{ running, done, waiting }] = JSON.parse(stdout);
    assertEquals([running, done, waiting], [0, 2, DAYS.dates.length - 2]);
  },
});

Deno.test({
  name: "an export by a fleet fails for files that a worker has written somewhere else",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS);
    await using _worker = fleet.workHere({ place: `${fleet.world.home}/elsewhere` });
    const { complete, objectsWritten, failures } = await fleet.export();
    assertEquals([complete, objectsWritten, failures.length], [false, 0, DAYS.dates.length]);
    assertEquals(failures[0]!.cause, `a worker has done it, and ${fleet.lake} does not have it`);
  },
});

Deno.test({
  name: "a worker whose keys may read nothing gives back what it has and ends; another one does it",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS, { latencyMs: 20 });
    const body = "<Error><Code>AccessDenied</Code></Error>";
    const refused = fleet.workHere({
      fetch: () => Promise.resolve(new Response(body, { status: 403 })),
    });
    const exported = fleet.export();
    const error = await assertRejects(() => refused.ended, S3Error);
    assertMatch(error.message, /^Cannot list .*: the server answers HTTP 403 AccessDenied$/);
    await using _worker = fleet.workHere();
    const { complete, objectsWritten } = await exported;
    assertEquals([complete, objectsWritten], [true, DAYS.dates.length]);
  },
});

Deno.test({
  name: "an export by a fleet fails for files that the plan of its workers does not include",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS);
    const { s3 } = fleet.world;
    s3.faults.add("access-denied", { key: /2025-01-\d+\.csv/ });
    await using _worker = fleet.workHere();
    const { complete, failures } = await fleet.export();
    const january = DAYS.dates.filter((date) => date.startsWith("2025-01"));
    assertEquals([complete, failures.length], [false, january.length]);
    assertEquals(failures[0]!.cause, "not included in your plan");
    const listed = s3.requests.filter(({ operation }) => operation === "list");
    assert(listed.length <= 3, `${listed.length} listings`);
  },
});

Deno.test({
  name: "an export by a fleet counts files that were only copied as written",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS);
    await using _worker = fleet.workHere();
    const { complete, objectsWritten, objectsByOthers } = await fleet.export({ format: "csv.gz" });
    assertEquals([complete, objectsWritten, objectsByOthers], [true, DAYS.dates.length, 0]);
  },
});

Deno.test({
  name: "two exports of the same by a fleet are both complete, whichever ends the job",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS, { latencyMs: 20 });
    await using _worker = fleet.workHere();
    const both = await Promise.all([fleet.export(), fleet.export()]);
    assertEquals(both.map(({ complete }) => complete), [true, true]);
    assertEquals((await contentOf(fleet.lake)).size, DAYS.dates.length);
    assertEquals([...fleet.gets().values()], DAYS.dates.map(() => 1));
  },
});

Deno.test({
  name: "flatfetch export --fleet names a file that fails five times, does the rest, and exits 3",
  ignore,
  async fn() {
    await using fleet = await Fleet.open(DAYS);
    const { world, nats } = fleet;
    world.s3.objects.put(BAD, NO_GZIP);
    await using _worker = fleet.workHere();
    const args = ["export", dataset, "--into", fleet.lake, "--fleet", nats.url];
    const { code, stderr } = await world.run(args);
    assertEquals(code, 3, stderr);
    assertMatch(stderr, new RegExp(`${DAYS.keyOf(DAYS.dates[5]!)}: its gzip is damaged`));
    assertEquals((await contentOf(fleet.lake)).size, DAYS.dates.length - 1);
    const status = await world.run(["fleet", "status", nats.url, "--json"]);
    assertEquals(status.stdout, "[]\n");
  },
});

Deno.test({
  name:
    "flatfetch export --fleet --detach only hands the work over; no secret is in it or its outcomes",
  ignore,
  async fn() {
    const keys = { kind: "user", user: "canary-user", password: "canary/nats/password" } as const;
    const args = ["--user", keys.user, "--pass", keys.password];
    await using fleet = await Fleet.open(DAYS, {}, { args });
    const { world, nats } = fleet;
    world.s3.objects.put(BAD, NO_GZIP);
    const env = { NATS_USER: keys.user, NATS_PASSWORD: keys.password };
    const { code, stdout, stderr } = await world.run(
      ["export", dataset, "--into", fleet.lake, "--fleet", nats.url, "--detach", "--json"],
      { env },
    );
    assertEquals([code, JSON.parse(stdout).complete], [0, false], stderr);
    assertMatch(stderr, new RegExp(`Handed ${DAYS.dates.length} files to the fleet`));
    const stored = async () => {
      const files = await Array.fromAsync(filesUnder(nats.folder), (path) => Deno.readFile(path));
      return files.map((bytes) => new TextDecoder("latin1").decode(bytes)).join("");
    };
    const handedOver = await stored();
    await using _worker = fleet.workHere({ keys });
    await fleet.untilThere(DAYS.dates.length - 1);
    while (!/its gzip is damaged/.test(await stored())) await soon();
    const text = handedOver + await stored();
    for (const what of [/"kind":"export"/, /"status":"done"/, /"status":"failed"/]) {
      assertMatch(text, what);
    }
    for (const secret of [...Object.values(KEYS), keys.password]) assert(!text.includes(secret));
  },
});
