/** What `flatfetch check --into PLACE` finds in a folder and in a bucket. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { generateCryptoDays, gzipText } from "../../fixtures/flat_files.ts";
import { FakeS3, type FaultName, type RunningS3, serveS3 } from "../../fixtures/s3_server.ts";
import type { Finding } from "../../mod.ts";
import { stockFiles, World } from "./harness.ts";

const SPAN = { from: "2025-01-21", to: "2025-02-14" } as const;
const FILES = stockFiles(SPAN);
const DATASET = FILES.dataset;
const LAKE_KEYS = { accessKeyId: "LAKEKEYID", secretAccessKey: "lake/secret" };
const [FIRST, SECOND] = FILES.dates as [string, string];

/** Where an export goes, as a test sees and changes it. */
interface Place {
  /** What the command line says of it. */
  readonly args: readonly string[];
  readonly read: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  readonly write: (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

function folder(world: World): Place {
  const lake = `${world.home}/lake`;
  return {
    args: ["--into", lake],
    read: (path) => Deno.readFile(`${lake}/${path}`),
    write: async (path, bytes) => {
      const file = `${lake}/${path}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      await Deno.writeFile(file, bytes);
    },
    remove: (path) => Deno.remove(`${lake}/${path}`),
  };
}

function bucket(s3: FakeS3, server: RunningS3): Place {
  const objectOf = (path: string) => s3.objects.get(`lake/${path}`)!;
  return {
    args: ["--into", `s3://${s3.bucket}/lake`, "--into-endpoint", server.url],
    read: (path) => Promise.resolve(objectOf(path).bytes as Uint8Array<ArrayBuffer>),
    // As who copies an object with its metadata does.
    write: (path, bytes) => {
      const { headers = {} } = s3.objects.get(`lake/${path}`) ?? {};
      s3.objects.put(`lake/${path}`, bytes, { headers });
      return Promise.resolve();
    },
    remove: (path) => {
      s3.objects.delete(`lake/${path}`);
      return Promise.resolve();
    },
  };
}

const ENV = {
  FLATFETCH_INTO_ACCESS_KEY_ID: LAKE_KEYS.accessKeyId,
  FLATFETCH_INTO_SECRET_ACCESS_KEY: LAKE_KEYS.secretAccessKey,
};

/** A test of both kinds of place, into which the files are exported. */
function testBoth(
  what: string,
  layout: readonly string[],
  test: (world: World, place: Place) => Promise<void>,
): void {
  for (const kind of ["folder", "bucket"] as const) {
    Deno.test(`flatfetch check --into ${kind} ${what}`, async () => {
      await using world = await World.open([FILES]);
      const s3 = new FakeS3({ credentials: LAKE_KEYS });
      await using server = serveS3(s3);
      const place = kind === "folder" ? folder(world) : bucket(s3, server);
      const args = ["export", DATASET, ...layout, ...place.args];
      const { code, stderr } = await world.run(args, { env: ENV });
      assertEquals(code, 0, stderr);
      await test(world, place);
    });
  }
}

/** The exit code, and what was found, by kind, object and text. */
async function check(world: World, { args }: Place, more: readonly string[] = []) {
  const line = ["check", ...args, "--json", ...more];
  const { code, stdout, stderr } = await world.run(line, { env: ENV });
  const { datasets = {}, clean } = stdout === "" ? {} : JSON.parse(stdout);
  const findings: Finding[] = datasets[DATASET]?.findings ?? [];
  const found = findings.map((
    { kind, path = "", text },
  ) => [kind, path.replace(`${DATASET}/`, ""), text]);
  return { code, clean, found, datasets, stderr, findings };
}

/** So many that they do not fit into the last 4,096 bytes of an object. */
const NONE_AND_A = [...Array.from({ length: 600 }, (_, i) => `NONE${i}`), "A*"].join();

const pathOf = (date: string) => `${DATASET}/date=${date}/part.parquet`;

testBoth("(all is well) exits 0 and says what is there", [], async (world, place) => {
  const { args } = place;
  const { code, stdout, stderr } = await world.run(["check", ...args], { env: ENV });
  assertEquals([code, stdout], [0, ""], stderr);
  assertMatch(
    stderr,
    /^✅ us_stocks_sip\/day_aggs_v1: clean; 19 files in 19 objects, 711 rows, .* kB\n$/,
  );
  const { clean, datasets } = await check(world, place, [DATASET]);
  const { bytes, ...facts } = datasets[DATASET];
  assertEquals([clean, facts], [
    true,
    { listed: 19, exported: 19, objects: 19, rows: 711, findings: [] },
  ]);
  assert(bytes > 0);
});

testBoth("only notes files from before the export's first, unless a period says otherwise", [
  "--from",
  FILES.dates[3]!,
], async (world, place) => {
  const earlier = FILES.dates.slice(0, 3);
  for (const [more, severity, code] of [[[], "note", 0], [["-p", "max"], "problem", 3]] as const) {
    const { findings, ...rest } = await check(world, place, more);
    assertEquals([rest.code, rest.clean], [code, code === 0]);
    assertEquals(findings.flatMap(({ dates }) => dates), earlier);
    for (const one of findings) assertEquals([one.kind, one.severity], ["not-exported", severity]);
  }
});

testBoth("names what is missing, replaced and unlisted", [], async (world, place) => {
  const [, missing, replaced, gone] = FILES.dates as [string, string, string, string];
  await place.remove(pathOf(missing));
  world.s3.objects.put(FILES.keyOf(replaced), FILES.file(FIRST).bytes);
  world.s3.objects.delete(FILES.keyOf(gone));
  assertEquals((await check(world, place)).found, [
    ["not-exported", "", "the file is not exported"],
    ["outdated", `date=${replaced}/part.parquet`, "the bucket has another version of the file"],
    ["not-listed", `date=${gone}/part.parquet`, "the bucket does not list the file any more"],
  ]);
  const { code, stdout, stderr } = await world.run(["check", ...place.args], { env: ENV });
  assertEquals(stdout.split("\n").map((line) => line.trim().split(/ {2,}/).slice(1)), [
    ["SEVERITY", "FINDING", "DAYS", "DATES"],
    ["problem", "the file is not exported", "1", missing],
    ["problem", "the bucket has another version of the file", "1", replaced],
    ["note", "the bucket does not list the file any more", "1", gone],
    [],
  ]);
  assertEquals(code, 3);
  assertMatch(stderr, /Run export into there/);
  assertEquals((await check(world, place, ["--from", gone, "--to", gone])).code, 0);
});

testBoth("finds an object that was cut or changed", [], async (world, place) => {
  const bytes = await place.read(pathOf(FIRST));
  const footer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8).getUint32(0, true);
  const changes: [change: string, changed: Uint8Array<ArrayBuffer>][] = [
    ...[0, 3, 11, 12, Math.floor(bytes.length / 2), bytes.length - 1].map((length) =>
      [`cut to ${length}`, bytes.slice(0, length)] as [string, Uint8Array<ArrayBuffer>]
    ),
    ["without bytes in its middle", Uint8Array.from([...bytes.slice(0, 40), ...bytes.slice(50)])],
    ["with another beginning", bytes.map((byte, i) => i === 1 ? byte ^ 1 : byte)],
    ...[1, 5, 8, 9, 60, Math.floor(footer / 2), footer + 7].map((back) =>
      [
        `flipped ${back} before its end`,
        bytes.map((byte, i) => i === bytes.length - back ? byte ^ 4 : byte),
      ] as [string, Uint8Array<ArrayBuffer>]
    ),
    ["another program's", new TextEncoder().encode("PAR1 is not the whole story PAR1")],
  ];
  // Each change on an object of its own, so that one run finds them all.
  for (const [i, [, changed]] of changes.entries()) {
    await place.write(pathOf(FILES.dates[i]!), changed);
  }
  const { code, findings } = await check(world, place);
  assertEquals(code, 3);
  const found = new Map(findings.map(({ kind, path }) => [path, kind]));
  for (const [i, [change]] of changes.entries()) {
    assert(/damaged|foreign/.test(found.get(pathOf(FILES.dates[i]!)) ?? ""), change);
  }
  assertEquals(findings.length, changes.length);
});

testBoth("--deep finds a byte that flipped in a page", [], async (world, place) => {
  const changed = (await place.read(pathOf(FIRST))).map((byte, i) => i === 100 ? byte ^ 1 : byte);
  assertEquals((await check(world, place, ["--deep"])).code, 0);
  await place.write(pathOf(FIRST), changed);
  assertEquals((await check(world, place)).code, 0);
  const { code, found } = await check(world, place, ["--deep"]);
  assertEquals([code, found], [3, [[
    "damaged",
    `date=${FIRST}/part.parquet`,
    "column ticker of row group 1 is not as it was written",
  ]]]);
});

testBoth(
  "tells what an export mends, what has to go first, and what just has to go",
  [],
  async (world, place) => {
    const [cut, other, mixedUp, flipped, shorter, longer] = FILES.dates.slice(2).map(pathOf) as [
      ...[string, string, string, string, string, string],
    ];
    const bytes = await place.read(pathOf(FIRST));
    const noDate = pathOf("2025-01-25");
    const beside = `${DATASET}/date=${FIRST}/part2.parquet`;
    const noMonth = `${DATASET}/month=2199-01/part.parquet`;
    const brokenLone = pathOf("2025-01-26");
    const remedies = new Map([
      [noDate, "remove"],
      [beside, "remove"],
      [noMonth, "remove"],
      [brokenLone, "remove"],
      ...[cut, other, mixedUp, flipped, shorter, longer].map((path) => [path, "export"] as const),
    ]);
    await place.write(cut, (await place.read(cut)).slice(0, -20));
    await place.write(other, new TextEncoder().encode("PAR1 of another program PAR1"));
    await place.write(mixedUp, bytes);
    const whole = await place.read(flipped);
    const footer = new DataView(whole.buffer, whole.byteOffset + whole.length - 8).getUint32(
      0,
      true,
    );
    await place.write(
      flipped,
      whole.map((byte, i) => i === whole.length - footer ? byte ^ 1 : byte),
    );
    const lost = await place.read(shorter);
    await place.write(shorter, Uint8Array.from([...lost.slice(0, 40), ...lost.slice(50)]));
    const grown = await place.read(longer);
    await place.write(longer, Uint8Array.from([...grown.slice(0, 40), ...grown.slice(30)]));
    for (const path of [noDate, beside, noMonth]) await place.write(path, bytes);
    await place.write(brokenLone, bytes.slice(0, 100));
    const remediesNow = async () => {
      const { findings } = await check(world, place);
      return new Map(findings.flatMap(({ path, remedy }) => remedy ? [[path!, remedy]] : []));
    };
    const sorted = (map: ReadonlyMap<string, string>) => [...map].sort();
    assertEquals(sorted(await remediesNow()), sorted(remedies));
    const { stderr } = await check(world, place);
    assertMatch(stderr, /Remove what no export replaces and readers read: \S+parquet, /);
    assertEquals(/Remove what an export would leave/.test(stderr), false);
    assertMatch(stderr, /Run export into there/);
    const exportAgain = async () => {
      const { code, stderr } = await world.run(["export", DATASET, ...place.args], { env: ENV });
      assertEquals(code, 0, stderr);
      assert(!stderr.includes("part2.parquet"), stderr);
    };
    // No export goes into a place that has the dataset in two layouts.
    await place.remove(noMonth);
    remedies.delete(noMonth);
    await exportAgain();
    const left = new Map([...remedies].filter(([, remedy]) => remedy !== "export"));
    assertEquals(sorted(await remediesNow()), sorted(left));
    for (const path of left.keys()) await place.remove(path);
    await exportAgain();
    assertEquals((await check(world, place)).found, []);
  },
);

testBoth(
  "tells of every damage that shows at the ends, also of a footer over 4 KiB, what export then does",
  ["--by", "month", "--tickers", NONE_AND_A],
  async (world, place) => {
    const path = `${DATASET}/month=2025-01/part.parquet`;
    const whole = await place.read(path);
    const { length } = whole;
    const footer = new DataView(whole.buffer, whole.byteOffset + length - 8).getUint32(0, true);
    assert(footer > 4_096);
    const line = ["export", DATASET, "--by", "month", "--tickers", NONE_AND_A, ...place.args];
    for (const back of [length, footer + 8, footer, footer - 1_000, 5_000, 4_000, 9, 8, 5, 1]) {
      await place.write(path, whole.map((byte, i) => i === length - back ? byte ^ 1 : byte));
      const { findings } = await check(world, place);
      assertEquals(
        findings.map(({ path, remedy }) => [path, remedy]),
        [[path, "export"]],
        `${back}`,
      );
      const { code, stderr } = await world.run(line, { env: ENV });
      assertEquals(code, 0, stderr);
      assertEquals(await place.read(path), whole);
    }
  },
);

for (const format of ["parquet", "csv.gz"] as const) {
  Deno.test(`flatfetch check --into FOLDER (${format}) names what cannot be read, and the rest, and export refuses it until it is removed`, async () => {
    await using world = await World.open([FILES]);
    const { args, remove } = folder(world);
    const lake = `${world.home}/lake`;
    const into = [...args, "--format", format];
    const own = (date: string) => format === "parquet" ? pathOf(date) : FILES.keyOf(date);
    assertEquals((await world.run(["export", DATASET, ...into])).code, 0);
    const [directory, link, pipe, cut, mark] = FILES.dates.map(own) as [
      ...[string, string, string, string, string],
    ];
    const inTheWay = [directory, link, pipe, ...format === "csv.gz" ? [`${mark}.mark`] : []];
    for (const path of inTheWay) await remove(path);
    for (const path of [directory, `${mark}.mark`]) {
      await Deno.mkdir(`${lake}/${path}`, { recursive: true });
    }
    await Deno.symlink(`${lake}/nothing`, `${lake}/${link}`);
    await new Deno.Command("mkfifo", { args: [`${lake}/${pipe}`] }).output();
    await Deno.truncate(`${lake}/${cut}`, 100);
    const { code, findings, stderr } = await check(world, { args } as Place);
    assertEquals(code, 3, stderr);
    assertEquals(findings.map(({ kind, path, remedy }) => [kind, path, remedy]), [
      ...[directory, link, pipe].map((path) => ["unreadable", path, "remove-and-export"]),
      ["damaged", cut, "export"],
      ...inTheWay.slice(3).map((path) => ["unreadable", path, "remove-and-export"]),
    ]);
    assertMatch(findings[0]!.text, /^it cannot be read: it is a directory/);
    const refused = await world.run(["export", DATASET, ...into]);
    assertEquals(refused.code, 6, refused.stderr);
    assertMatch(
      refused.stderr,
      /Cannot read ".*\n.*Make it readable for you, remove it/,
    );
    for (const path of inTheWay) await Deno.remove(`${lake}/${path}`);
    assertEquals((await world.run(["export", DATASET, ...into])).code, 0);
    assertEquals((await check(world, { args } as Place)).found, []);
  });
}

Deno.test("flatfetch check --into FOLDER names what stands in the place of a folder, and export refuses it until it is removed", async () => {
  for (
    const [format, folderOf] of [["parquet", pathOf], [
      "csv.gz",
      (date: string) => FILES.keyOf(date),
    ]] as const
  ) {
    await using world = await World.open([FILES]);
    const place = folder(world);
    const line = ["export", DATASET, ...place.args, "--format", format];
    assertEquals((await world.run([...line, "--to", SECOND])).code, 0);
    const at = folderOf(FILES.dates.at(-1)!).replace(/\/[^/]+$/, "");
    const make = [
      (path: string) => Deno.writeTextFile(path, "no folder"),
      (path: string) => Deno.symlink(`${world.home}/nothing`, path),
    ];
    for (const one of make) {
      await one(`${world.home}/lake/${at}`);
      const { code, findings } = await check(world, place);
      const found = findings.filter(({ kind }) => kind === "unreadable");
      assertEquals([code, found.map(({ path, remedy, text }) => [path, remedy, text])], [3, [
        [at, "remove-and-export", "it cannot be read: it is no folder"],
      ]]);
      const refused = await world.run(line);
      assertEquals(refused.code, 6, refused.stderr);
      assert(refused.stderr.includes(`lake/${at}"`), refused.stderr);
      await place.remove(at);
    }
    assertEquals((await world.run(line)).code, 0);
    assertEquals((await check(world, place)).found, []);
  }
});

Deno.test("flatfetch check --into FOLDER names a dataset whose folder cannot be read, and checks the others", async () => {
  const others = generateCryptoDays(SPAN);
  await using world = await World.open([FILES, others]);
  const { args } = folder(world);
  assertEquals((await world.run(["export", others.dataset, ...args])).code, 0);
  const path = `${world.home}/lake/${DATASET}`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")));
  await Deno.writeTextFile(path, "no folder");
  const { stdout, code } = await world.run(["check", DATASET, others.dataset, ...args, "--json"]);
  const { datasets } = JSON.parse(stdout);
  const [{ dates, text, ...finding }, ...more] = datasets[DATASET].findings;
  assertEquals([code, more, dates, datasets[others.dataset].findings], [3, [], FILES.dates, []]);
  assertEquals([finding.kind, finding.path], ["unreadable", DATASET]);
  assertMatch(text, /Not a directory/);
  const refused = await world.run(["export", DATASET, ...args]);
  assertEquals(refused.code, 6, refused.stderr);
});

Deno.test("flatfetch check --into BUCKET names an object that the server does not show, and the rest", async () => {
  for (const hasIndex of [true, false]) {
    await using world = await World.open([FILES]);
    const s3 = new FakeS3({ credentials: LAKE_KEYS });
    await using server = serveS3(s3);
    const place = bucket(s3, server);
    await world.run(["export", DATASET, ...place.args], { env: ENV });
    if (!hasIndex) s3.objects.delete(`lake/${DATASET}/_flatfetch/2025.json`);
    await place.write(pathOf(SECOND), new Uint8Array(100));
    s3.faults.add("archived", { key: `lake/${pathOf(FIRST)}` });
    const { code, findings, stderr } = await check(world, place);
    assertEquals(code, 3, stderr);
    assertEquals(findings.map(({ kind, path, remedy }) => [kind, path, remedy]), [
      ["unreadable", pathOf(FIRST), "remove-and-export"],
      ["damaged", pathOf(SECOND), "export"],
    ]);
    assertMatch(findings[0]!.text, /InvalidObjectState/);
  }
});

testBoth("finds objects that were mixed up, and others' files", [], async (world, place) => {
  await place.write(pathOf(FIRST), await place.read(pathOf(SECOND)));
  const { code, found } = await check(world, place);
  assertEquals(code, 3);
  assert(
    found.some((one) =>
      String(one) === `outdated,date=${FIRST}/part.parquet,it is made of ${FILES.keyOf(SECOND)}`
    ),
    found.join("\n"),
  );
});

Deno.test("flatfetch check --into FOLDER warns of Parquet files that readers would take for the lake's", async () => {
  await using world = await World.open([FILES]);
  const place = folder(world);
  await world.run(["export", DATASET, ...place.args]);
  await place.write(`${DATASET}/date=${FIRST}/more.parquet`, new Uint8Array(20));
  await place.write(`${DATASET}/README`, new Uint8Array(20));
  const { code, found } = await check(world, place);
  assertEquals([code, found.map(([kind, path]) => [kind, path])], [3, [
    ["foreign", `date=${FIRST}/more.parquet`],
  ]]);
});

testBoth(
  "--by month names the days that a month lacks",
  ["--by", "month"],
  async (world, place) => {
    const more = stockFiles({ from: "2025-02-03", to: "2025-02-28" });
    world.fill(more);
    assertEquals((await check(world, place, ["--to", SPAN.to])).code, 3);
    const { found, findings } = await check(world, place);
    const added = more.dates.filter((date) => date > SPAN.to);
    assertEquals(findings.map(({ dates }) => dates), added.map((date) => [date]));
    assertEquals(
      new Set(found.map(String)),
      new Set(["not-exported,month=2025-02/part.parquet,its object has no rows of the file"]),
    );
    assertEquals((await check(world, place, ["--to", "2025-01-31"])).code, 0);
  },
);

testBoth("tells of copies by size and MD5", ["--format", "csv.gz"], async (world, place) => {
  assertEquals((await check(world, place)).code, 0);
  const [one, two, three] = FILES.dates.map((date) => FILES.keyOf(date)) as [
    string,
    string,
    string,
  ];
  const bytes = await place.read(one);
  await place.write(one, bytes.slice(0, -1));
  await place.write(two, (await place.read(two)).map((byte, i) => i === 50 ? byte ^ 1 : byte));
  world.s3.objects.put(three, FILES.file(FIRST).bytes);
  const { code, found } = await check(world, place);
  assertEquals([code, found.map(([kind, , text]) => [kind, text])], [3, [
    ["damaged", `it has ${bytes.length - 1} of ${bytes.length} bytes`],
    ["damaged", "its MD5 is not that of the file"],
    ["outdated", "the bucket has another version of the file"],
  ]]);
  // What is cut is no copy: the next run brings it, whatever is noted of it.
  await place.remove(two);
  const again = await world.run(["export", DATASET, "--format", "csv.gz", ...place.args], {
    env: ENV,
  });
  assertEquals(again.code, 0, again.stderr);
  assertEquals((await check(world, place)).found, []);
});

Deno.test("flatfetch check --into FOLDER names the columns that are of another type than in most objects", async () => {
  await using world = await World.open([FILES]);
  const place = folder(world);
  const text = FILES.file(FIRST).text.replace(/,\d+$/m, ",1.5").replace(/^A,\d+/m, "A,n/a");
  world.s3.objects.put(FILES.keyOf(FIRST), gzipText(text));
  await world.run(["export", DATASET, ...place.args]);
  const { code, found } = await check(world, place);
  const path = `date=${FIRST}/part.parquet`;
  assertEquals([code, found], [3, [
    ["odd-column", path, 'its column "volume" is BYTE_ARRAY, in most objects DOUBLE'],
    ["odd-column", path, 'its column "transactions" is DOUBLE, in most objects INT64'],
  ]]);
});

/** A folder that has the objects of several exports, each made in a folder of its own. */
async function mixed(world: World, exports: readonly (readonly string[])[]): Promise<Place> {
  for (const options of exports) {
    const own = await Deno.makeTempDir({ dir: world.home });
    const { code, stderr } = await world.run(["export", DATASET, ...options, "--into", own]);
    assertEquals(code, 0, stderr);
    await copyInto(own, `${world.home}/lake`);
  }
  return folder(world);
}

async function copyInto(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyInto(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

const TO_FEBRUARY = ["--to", "2025-01-31"];

for (
  const [exports, names] of [
    [[[], ["--by", "month", ...TO_FEBRUARY]], [
      "date=…/part.parquet (19)",
      "month=…/part.parquet (1)",
    ]],
    [[["--format", "csv.gz"], ["--to", FIRST]], ["….csv.gz (19)", "date=…/part.parquet (1)"]],
    // No date is there twice, and readers fail all the same.
    [[["--by", "month", "--from", "2025-02-01"], TO_FEBRUARY], [
      "date=…/part.parquet (9)",
      "month=…/part.parquet (1)",
    ]],
  ] as const
) {
  Deno.test(`flatfetch check --into FOLDER names the layouts ${names.join(" and ")} of one dataset`, async () => {
    await using world = await World.open([FILES]);
    const place = await mixed(world, exports);
    const text = `it lies there as ${names.join(" and ")}: readers fail, or find rows twice`;
    for (const more of [[], ["--from", FILES.dates.at(-1)!]]) {
      const { code, found, stderr } = await check(world, place, more);
      assertEquals([code, found.map(([kind, , text]) => [kind, text])], [3, [
        ["mixed-layouts", text],
      ]]);
      assertMatch(stderr, /Remove the objects of every layout but one\./);
    }
  });
}

Deno.test("flatfetch check --into FOLDER names the objects that have rows of other tickers than most", async () => {
  await using world = await World.open([FILES]);
  const place = await mixed(world, [[], ["--tickers", "T*,A", "--to", SECOND]]);
  const { code, findings, stderr } = await check(world, place);
  assertEquals([
    code,
    findings.map(({ kind, severity, dates, text }) => [kind, severity, dates, text]),
  ], [
    3,
    [FIRST, SECOND].map((date) => [
      ...["mixed-tickers", "warning", [date]],
      "it has the rows of A, T*, most objects those of all tickers",
    ]),
  ]);
  assertMatch(stderr, /Export all of us_stocks_sip\/day_aggs_v1 without --tickers\./);
  const same = await mixed(world, [["--tickers", "T*,A"], ["--tickers", "A,T*,A", "--to", SECOND]]);
  assertEquals((await check(world, same)).code, 0);
});

for (
  const [what, odd] of [["some", ["--tickers", "T*"]], ["all", []]] as const
) {
  Deno.test(`flatfetch check --into FOLDER with ${what} tickers on one date names two ways out, and both end clean`, async () => {
    await using world = await World.open([FILES]);
    const most = ["--tickers", "A*"];
    const wider = what === "all" ? "without --tickers" : "with --tickers 'A*,T*'";
    for (const isRemoved of [true, false]) {
      const place = await mixed(world, [most, [...odd, "--to", FIRST]]);
      const { findings, stderr } = await check(world, place);
      const [{ path } = { path: "" }] = findings;
      const hint =
        `Remove ${path} and run export with --tickers 'A*', or export all of ${DATASET} ${wider}.`;
      assert(stderr.includes(hint), stderr);
      const line = ["export", DATASET, ...place.args];
      const refused = await world.run([...line, "--tickers", what === "all" ? "T*" : "B"]);
      assertEquals(refused.code, 2, refused.stderr);
      if (isRemoved) await Deno.remove(`${place.args[1]}/${path}`);
      const tickers = isRemoved
        ? ["--tickers", "A*"]
        : what === "all"
        ? []
        : ["--tickers", "A*,T*"];
      const again = await world.run([...line, ...tickers]);
      assertEquals(again.code, 0, again.stderr);
      assertEquals((await check(world, place)).code, 0);
    }
  });
}

Deno.test("flatfetch check --into BUCKET takes no answer of others, nor a bit that flips on the way, for damage", async () => {
  await using world = await World.open([FILES]);
  const s3 = new FakeS3({ credentials: LAKE_KEYS });
  await using server = serveS3(s3);
  const place = bucket(s3, server);
  await world.run(["export", DATASET, ...place.args], { env: ENV });
  const key = `lake/${pathOf(FIRST)}`;
  const under = async (fault: FaultName, times: number) => {
    s3.faults.add(fault, { operations: ["get"], key, times });
    const { code, found, stderr } = await check(world, place);
    s3.faults.clear();
    return { code, found, stderr };
  };
  const page = await under("html-page", Infinity);
  assertEquals([page.code, page.found, /Remove/.test(page.stderr)], [5, [], false]);
  assertEquals((await under("bit-flip", 1)).code, 0);
  const gone = await under("not-found", Infinity);
  assertEquals(gone.found, [
    ["not-exported", `date=${FIRST}/part.parquet`, "it is listed, and is not there"],
  ]);
});

Deno.test("flatfetch check --into without a dataset checks all that the place has, and another name exits 7", async () => {
  const crypto = generateCryptoDays(SPAN);
  await using world = await World.open([FILES, crypto]);
  const { args } = folder(world);
  assertEquals((await world.run(["check", ...args])).code, 7);
  await world.run(["export", DATASET, crypto.dataset, ...args]);
  const { stdout } = await world.run(["check", ...args, "--json"]);
  assertEquals(Object.keys(JSON.parse(stdout).datasets), [crypto.dataset, DATASET]);
  const { code, stderr } = await world.run(["check", "us_stocks_sip/day_agg_v1", ...args]);
  assertEquals(code, 7);
  assertMatch(stderr, /mean us_stocks_sip\/day_aggs_v1\?/);
});

Deno.test("flatfetch check --into BUCKET writes nothing there and opens each object with few requests", async () => {
  await using world = await World.open([FILES]);
  const s3 = new FakeS3({ credentials: LAKE_KEYS });
  await using server = serveS3(s3);
  const place = bucket(s3, server);
  await world.run(["export", DATASET, ...place.args], { env: ENV });
  s3.objects.delete(`lake/${DATASET}/_flatfetch/2025.json`);
  s3.clearRequests();
  assertEquals((await check(world, place, [DATASET])).code, 0);
  const methods = Object.groupBy(s3.requests, ({ method }) => method);
  assertEquals(Object.keys(methods), ["GET"]);
  // A listing, then each object once for its mark and once for itself.
  assert(methods.GET!.length <= 2 * FILES.dates.length + 2, `${methods.GET!.length}`);
});

for (
  const [line, message] of [
    ["check --into lake --adjust splits", /Cannot use --adjust with --into/],
    ["check --into lake --offline", /Cannot use --offline with --into/],
    ["check TSLA --into lake", /Cannot read dataset "TSLA": want PREFIX\/NAME/],
    ["check TSLA --deep", /Cannot use --deep without --into/],
    ["check TSLA --into-endpoint http://localhost", /Cannot use --into-endpoint without --into/],
  ] as const
) {
  Deno.test(`flatfetch ${line} exits 2`, async () => {
    await using world = await World.open([]);
    const { code, stderr } = await world.run(line.split(" "));
    assertEquals(code, 2);
    assertMatch(stderr, message);
  });
}

for (
  const [args, env, message] of [
    [[], {}, /Cannot open the bucket of --into: no keys of its own/],
    [["--into-endpoint", "127.0.0.1:5977"], ENV, /Cannot use --into-endpoint: want .*amazonaws/],
    [["--into-endpoint", "localhost:5977"], ENV, /Cannot use --into-endpoint: want a URL such as/],
    [
      ["--into-endpoint", "http://lake.example"],
      ENV,
      /--into-endpoint at "lake.example": want https/,
    ],
    [[], { ...ENV, FLATFETCH_INTO_ENDPOINT: "lake" }, /Cannot use FLATFETCH_INTO_ENDPOINT: want/],
  ] as const
) {
  Deno.test(`flatfetch check --into BUCKET says ${message.source}`, async () => {
    await using world = await World.open([]);
    const line = ["check", "--into", "s3://lake", ...args];
    const { code, stderr } = await world.run(line, { env });
    assertEquals(code, 4, stderr);
    assertMatch(stderr, message);
  });
}
