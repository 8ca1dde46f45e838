import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeS3, type FakeS3Options, type FaultName } from "../../fixtures/s3_server.ts";
import { ConfigurationError, IntegrityError, StorageError } from "../../lib/errors.ts";
import { BucketTarget, parseBucketPlace } from "../../lib/export/bucket_target.ts";
import type { ConditionSupport } from "../../lib/export/condition_probe.ts";
import type { PutOptions, PutOutcome, TargetObject } from "../../lib/export/target.ts";

const KEYS = { accessKeyId: "TARGET", secretAccessKey: "another/secret" };
const PART = 64;
const DATASET = "us_stocks_sip/day_aggs_v1";
const SIGNAL = new AbortController().signal;

/** A server that is exported to. */
class Place {
  readonly s3: FakeS3;
  readonly support: ConditionSupport[] = [];

  constructor(options: FakeS3Options = {}) {
    this.s3 = new FakeS3({ credentials: KEYS, minPartSize: PART, ...options });
  }

  /** Another run, with connections of its own. */
  run(): BucketTarget {
    return new BucketTarget({
      name: "s3://flatfiles/lake",
      endpoint: "http://127.0.0.1:1",
      bucket: this.s3.bucket,
      prefix: "lake/",
      credentials: KEYS,
      partSize: PART,
      fetch: this.s3.fetch,
      random: () => 0,
      onConditions: (support) => this.support.push(support),
    });
  }

  stored(path: string): Uint8Array | undefined {
    return this.s3.objects.get(`lake/${path}`)?.bytes;
  }

  /** Keys of objects that are no notes of the program's. */
  get keys(): string[] {
    return this.s3.objects.keys().filter((key) => !key.includes("_flatfetch/"));
  }
}

function pathOf(date: string): string {
  return `${DATASET}/${date.slice(0, 7).replace("-", "/")}/${date}.csv.gz`;
}

function bytesOf(size: number, seed = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => (i + seed) * 7 % 251);
}

async function* chunked(bytes: Uint8Array<ArrayBuffer>) {
  for (let at = 0; at < bytes.length; at += 19) yield bytes.slice(at, at + 19);
}

function put(
  target: BucketTarget,
  date: string,
  { size = 10, mark = `etag of ${date}`, replaces, judge = () => Promise.resolve("replace") }: {
    size?: number;
    mark?: string;
    replaces?: TargetObject | undefined;
    judge?: PutOptions["judge"];
  } = {},
): Promise<PutOutcome> {
  const bytes = bytesOf(size, Number(date.slice(-2)));
  return target.put(pathOf(date), chunked(bytes), { mark, replaces, judge, signal: SIGNAL });
}

const byPath = (a: TargetObject, b: TargetObject) => a.path < b.path ? -1 : 1;

async function marksOf(target: BucketTarget): Promise<[string, string | undefined][]> {
  const objects = await target.list(DATASET, SIGNAL);
  return objects.sort(byPath).map(({ path, mark }) => [path, mark]);
}

/** Dates of five years and more, so many. */
function dates(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => new Date(Date.UTC(2020, 10, 2 + Math.floor(i * 1.46))).toISOString().slice(0, 10),
  );
}

for (const size of [0, 10, PART, 5 * PART + 1]) {
  Deno.test(`BucketTarget puts, lists and reads an object of ${size} bytes`, async () => {
    const place = new Place();
    await using target = place.run();
    assertEquals(await target.list(DATASET, SIGNAL), []);
    assertEquals(await put(target, "2024-03-07", { size }), "written");
    const [object] = await target.list(DATASET, SIGNAL);
    assertEquals([object?.path, object?.size, object?.mark], [
      pathOf("2024-03-07"),
      size,
      "etag of 2024-03-07",
    ]);
    const bytes = bytesOf(size, 7);
    for (
      const [span, wanted] of [
        [{ start: 0, end: size + 1 }, bytes],
        [{ start: 1, end: 5 }, bytes.slice(1, 5)],
        [{ last: 8 }, bytes.slice(-8)],
        [{ start: size + 5, end: size + 9 }, new Uint8Array()],
      ] as const
    ) {
      assertEquals(await target.read({ path: pathOf("2024-03-07") }, span, SIGNAL), wanted);
    }
    assertEquals(await target.read({ path: pathOf("2024-03-08") }, { last: 8 }, SIGNAL), undefined);
  });
}

Deno.test("BucketTarget.list() of 1,255 objects needs 8 requests once their marks are noted", async () => {
  const place = new Place();
  const all = dates(1_255);
  {
    await using first = place.run();
    for (const date of all) await put(first, date);
  }
  await using second = place.run();
  const objects = await second.list(DATASET, SIGNAL);
  assertEquals(objects.length, 1_255);
  assert(objects.every(({ path, mark }) => mark === `etag of ${path.split(/[/.]/).at(-3)}`));
  const years = new Set(all.map((date) => date.slice(0, 4))).size;
  assertEquals([years, second.requests], [6, 2 + years]);
});

Deno.test("BucketTarget.list() asks for what the index does not have right, once", async () => {
  const ways: Record<string, (place: Place, key: string) => void> = {
    lost: ({ s3 }, key) => s3.objects.delete(key),
    damaged: ({ s3 }, key) => s3.objects.put(key, bytesOf(40)),
    "of a newer format": ({ s3 }, key) =>
      s3.objects.put(key, new TextEncoder().encode('{"format":2,"objects":{}}')),
    "of odd entries": ({ s3 }, key) =>
      s3.objects.put(
        key,
        new TextEncoder().encode(
          `{"format":1,"objects":{"2024/03/2024-03-07.csv.gz":["x",1],"__proto__":null}}`,
        ),
      ),
    refused: ({ s3 }, key) => s3.faults.add("access-denied", { key, times: 1 }),
    old: ({ s3 }) => {
      const key = `lake/${pathOf("2024-03-07")}`;
      const headers = { "x-amz-meta-flatfetch": "newer" };
      s3.objects.put(key, bytesOf(10, 99), { headers });
    },
  };
  for (const [name, harm] of Object.entries(ways)) {
    const place = new Place();
    {
      await using target = place.run();
      for (const date of ["2024-03-07", "2024-03-08"]) await put(target, date);
    }
    harm(place, `lake/${DATASET}/_flatfetch/2024.json`);
    const wanted = [
      [pathOf("2024-03-07"), name === "old" ? "newer" : "etag of 2024-03-07"],
      [pathOf("2024-03-08"), "etag of 2024-03-08"],
    ];
    {
      await using target = place.run();
      assertEquals(await marksOf(target) as unknown, wanted, name);
    }
    await using target = place.run();
    assertEquals(await marksOf(target) as unknown, wanted, name);
    assertEquals(target.requests, 2, `${name}: the index is right again`);
  }
});

Deno.test("BucketTarget.list() asks for no object that the same run has written", async () => {
  const place = new Place();
  for (const date of ["2024-03-07", "2024-03-08"]) {
    await using target = place.run();
    await target.list(DATASET, SIGNAL);
    await put(target, date);
    place.s3.clearRequests();
    const marks = await marksOf(target);
    assertEquals(marks.at(-1), [pathOf(date), `etag of ${date}`]);
    const keys = place.s3.requests.flatMap(({ key }) => key ?? []);
    assertEquals(keys.filter((key) => !key.includes("_flatfetch/")), []);
  }
});

Deno.test("BucketTarget.list() gives objects of others without a mark, and asks for them once", async () => {
  const place = new Place();
  const foreign = `${DATASET}/readme.txt`;
  place.s3.objects.put(`lake/${foreign}`, bytesOf(3));
  for (const requests of [2, 2]) {
    await using target = place.run();
    assertEquals(await marksOf(target), [[foreign, undefined]]);
    assertEquals(target.requests, requests);
  }
});

Deno.test("BucketTarget writes an object once when two runs are at it", async () => {
  for (const size of [10, 3 * PART]) {
    const place = new Place();
    const all = dates(20);
    const runs = [place.run(), place.run()];
    const outcomes = await Promise.all(
      all.flatMap((date) => runs.map((target) => put(target, date, { size }))),
    );
    const counts = Map.groupBy(outcomes, (outcome) => outcome);
    assertEquals([counts.get("written")?.length, counts.get("present")?.length], [20, 20]);
    for (const target of runs) await target[Symbol.asyncDispose]();
    assertEquals(place.keys, all.map((date) => `lake/${pathOf(date)}`));
    assertEquals(place.s3.objects.uploads.list(), []);
    await using third = place.run();
    assertEquals((await marksOf(third)).length, 20);
    assertEquals(third.requests, 2, "both have noted what they wrote");
  }
});

Deno.test("BucketTarget loses no mark from the index when 40 runs end at once", async () => {
  const place = new Place();
  const all = dates(40).map((_, i) => `2024-${i < 20 ? "03" : "04"}-${10 + i % 20}`);
  const runs = all.map(() => place.run());
  await Promise.all(runs.map((target, i) => put(target, all[i]!)));
  await Promise.all(runs.map((target) => target[Symbol.asyncDispose]()));
  await using last = place.run();
  assertEquals((await last.list(DATASET, SIGNAL)).length, 40);
  assertEquals(last.requests, 2, "the index has them all");
});

Deno.test("BucketTarget replaces what it has listed, or what is there meanwhile of another source", async () => {
  for (const size of [10, 3 * PART]) {
    const place = new Place();
    await using target = place.run();
    await put(target, "2024-03-07", { mark: "one", size: 5 });
    const [replaces] = await target.list(DATASET, SIGNAL);
    assertEquals(await put(target, "2024-03-07", { mark: "two", size, replaces }), "written");
    // Another run has been faster, with a source that is older still.
    assertEquals(
      await put(target, "2024-03-07", { mark: "three", size: size + 1, replaces }),
      "written",
    );
    assertEquals(
      await put(target, "2024-03-07", { mark: "three", size: size + 1, replaces }),
      "present",
    );
    assertEquals(await marksOf(target), [[pathOf("2024-03-07"), "three"]]);
    place.s3.objects.delete(`lake/${pathOf("2024-03-07")}`);
    assertEquals(await put(target, "2024-03-07", { mark: "four", size, replaces }), "written");
  }
});

Deno.test("BucketTarget asks what becomes of an object that is not the one listed, whether or not the server keeps to conditions", async () => {
  for (const size of [10, 3 * PART]) {
    for (const keepsTo of [true, false]) {
      const place = new Place();
      if (!keepsTo) {
        place.s3.faults.add("no-conditions", { operations: ["put", "complete-upload"] });
      }
      await using target = place.run();
      await put(target, "2024-03-07", { mark: "one", size: 5 });
      const [listed] = await target.list(DATASET, SIGNAL);
      await put(target, "2024-03-07", { mark: "two", size: 6, replaces: listed });
      for (const replaces of [undefined, listed]) {
        const asked: TargetObject[] = [];
        const judged = (verdict: () => "leave" | "replace") => {
          const judge = (there: TargetObject) => {
            asked.push(there);
            return Promise.resolve().then(verdict);
          };
          return put(target, "2024-03-07", { mark: "three", size, replaces, judge });
        };
        const refusal = () => {
          throw new RangeError("neither");
        };
        await assertRejects(() => judged(refusal), RangeError, "neither");
        assertEquals(await judged(() => "leave"), "present");
        assertEquals(asked.map(({ path, size, mark }) => [path, size, mark]), [
          [pathOf("2024-03-07"), 6, "two"],
          [pathOf("2024-03-07"), 6, "two"],
        ]);
        assertEquals(place.stored(pathOf("2024-03-07"))?.length, 6);
      }
      assertEquals(place.s3.objects.uploads.list(), []);
    }
  }
});

const PASSING: readonly FaultName[] = [
  ...["reset-before", "internal-error", "conflict", "slow-down"] as const,
  // What does not come from the bucket, or is an error all the same, has status 200 too.
  ...["internal-error-in-200", "html-page"] as const,
];
for (const operation of ["put", "upload-part", "complete-upload", "create-upload"] as const) {
  for (const name of PASSING) {
    Deno.test(`BucketTarget has the object after "${name}" of ${operation}`, async () => {
      const place = new Place();
      await using target = place.run();
      place.s3.faults.add(name, { key: /csv\.gz$/, operations: [operation], times: 2 });
      const size = operation === "put" ? 10 : 3 * PART;
      await put(target, "2024-03-07", { size });
      assertEquals(place.stored(pathOf("2024-03-07")), bytesOf(size, 7));
      assertEquals(await marksOf(target), [[pathOf("2024-03-07"), "etag of 2024-03-07"]]);
    });
  }
}

const LASTING: readonly [FaultName, typeof StorageError | typeof ConfigurationError][] = [
  ["full", StorageError],
  ["access-denied", ConfigurationError],
];
for (const [name, kind] of LASTING) {
  for (const operation of ["put", "upload-part", "complete-upload", "create-upload"] as const) {
    Deno.test(`BucketTarget leaves nothing half after "${name}" of ${operation}`, async () => {
      const place = new Place();
      await using target = place.run();
      place.s3.faults.add(name, { key: /csv\.gz$/, operations: [operation] });
      const size = operation === "put" ? 10 : 3 * PART;
      const failed = () => put(target, "2024-03-07", { size });
      const error = await assertRejects(failed, kind, "s3://flatfiles/lake");
      if (error instanceof StorageError) assertEquals(error.code, "ENOSPC");
      assertEquals([place.keys, place.s3.objects.uploads.list()], [[], []]);
    });
  }
}

Deno.test("BucketTarget fails an object of which a part is lost, and has it the next time", async () => {
  const place = new Place();
  await using target = place.run();
  place.s3.faults.add("lost-part", { operations: ["upload-part"], times: 1 });
  const again = () => put(target, "2024-03-07", { size: 3 * PART });
  await assertRejects(again, IntegrityError);
  assertEquals([place.keys, place.s3.objects.uploads.list()], [[], []]);
  assertEquals(await again(), "written");
});

Deno.test("BucketTarget finds out once whether conditions are kept to, and works without", async () => {
  const place = new Place();
  {
    await using target = place.run();
    await Promise.all(["2024-03-07", "2024-03-08"].map((date) => put(target, date)));
  }
  assertEquals(place.support, [{ ifNoneMatch: true, ifMatch: true }]);
  const plain = new Place();
  plain.s3.faults.add("no-conditions", { operations: ["put", "complete-upload"] });
  await using target = plain.run();
  for (const size of [10, 3 * PART]) {
    assertEquals(await put(target, "2024-03-07", { size, mark: `${size}` }), "written");
    assertEquals(plain.stored(pathOf("2024-03-07")), bytesOf(size, 7));
  }
  assertEquals(plain.support, [{ ifNoneMatch: false, ifMatch: false }]);
});

Deno.test("BucketTarget aborts uploads of its own that a killed run has left, and no other", async () => {
  let nowMs = Date.now();
  const place = new Place({ now: () => nowMs });
  const { uploads } = place.s3.objects;
  const begin = (key: string, ageMs: number) =>
    uploads.create(`lake/${key}`, { headers: {}, nowMs: nowMs - ageMs });
  const day = 24 * 60 * 60_000;
  begin(pathOf("2024-03-07"), 1_000);
  begin(pathOf("2024-03-08"), 1_000);
  begin(pathOf("2024-03-09"), 2 * day);
  begin(`${DATASET}/backup.tar`, 2 * day);
  begin("us_stocks_sip/trades_v1/date=2024-03-07/part.parquet", 1_000);
  nowMs += 1;
  await using target = place.run();
  await put(target, "2024-03-07", { size: 3 * PART });
  assertEquals(uploads.list().map(({ key }) => key.slice("lake/".length)), [
    pathOf("2024-03-08"),
    `${DATASET}/backup.tar`,
    "us_stocks_sip/trades_v1/date=2024-03-07/part.parquet",
  ]);
});

Deno.test("BucketTarget writes all the same where it may not list uploads or keep an index", async () => {
  const place = new Place();
  place.s3.faults.add("access-denied", {
    operations: ["list-uploads", "abort-upload"],
    listing: "",
  });
  place.s3.faults.add("access-denied", { key: /_flatfetch\/2021/, operations: ["put"] });
  {
    await using target = place.run();
    for (const date of dates(140)) assertEquals(await put(target, date), "written");
  }
  const asked = place.s3.requests.filter(({ key }) => key?.endsWith("_flatfetch/2021.json"));
  assertEquals(asked.map(({ status }) => status), [403, 403]);
  place.s3.faults.clear();
  place.s3.faults.add("reset-before", { operations: ["list-uploads"], listing: "", times: 6 });
  await using target = place.run();
  await assertRejects(() => put(target, "2030-01-02"));
  assertEquals(await put(target, "2030-01-02"), "written");
});

Deno.test("BucketTarget refuses a prefix that no key can begin with", () => {
  for (const prefix of ["a//", "../", "a/./", "tab\t/", "/"]) {
    const options = {
      name: `s3://b/${prefix}`,
      endpoint: "http://127.0.0.1:1",
      bucket: "flatfiles",
      credentials: KEYS,
      prefix,
    };
    assertThrows(() => new BucketTarget(options), ConfigurationError, "Cannot use the place");
  }
});

Deno.test("parseBucketPlace() reads bucket and prefix", () => {
  for (
    const [text, bucket, prefix] of [
      ["s3://b", "b", ""],
      ["s3://b/", "b", ""],
      ["S3://my-bucket/a/b/", "my-bucket", "a/b/"],
    ] as const
  ) {
    assertEquals(parseBucketPlace(text), { bucket, prefix });
  }
  for (const text of ["lake", "s3:/b", "s3://", "https://b/c"]) {
    assertEquals(parseBucketPlace(text), undefined);
  }
});
