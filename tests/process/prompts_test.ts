/**
 * What the program does where Deno was not told `-A`: on a terminal Deno's own prompts appear,
 * elsewhere the program says what Deno refuses and which flag allows it.
 *
 * @module
 */

import { assert, assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { pathToFileURL } from "node:url";
import { IN_SPAN, Place, ROOT } from "./place.ts";
import type { Ended, Program } from "./program.ts";
import { hasTerminal, linesOnScreen, startOnTerminal } from "./pseudo_terminal.ts";

const CLI = `${ROOT}cli.ts`;

const SUCCESS = "SUCCESS: Cached 60 days of TSLA data";

/** Answers whatever is asked, again and again: Deno throws away what is typed until it is silent. */
async function answer(run: Program, text: string): Promise<Ended> {
  await run.output(/Allow\?/, "stdout");
  const timer = setInterval(() => run.type(text).catch(() => {}), 400);
  try {
    return await run.ended;
  } finally {
    clearInterval(timer);
  }
}

Deno.test({
  name: "flatfetch TSLA without a permission asks on a terminal for each, and then does its work",
  ignore: !hasTerminal,
  async fn() {
    await using place = await Place.open();
    const output = `${place.home}/out/tsla.csv`;
    await Deno.mkdir(`${place.home}/out`);
    const args = ["run", "--quiet", CLI, "TSLA", ...IN_SPAN, "-o", output];
    await using run = startOnTerminal(100, { args, env: {}, place });
    const { code, stdout } = await answer(run, "y\n");
    assertEquals(code, 0, stdout);
    const granted = Array.from(stdout.matchAll(/Granted (\w+) access/g), ([, kind]) => kind);
    // The environment; the output's folder; the cache; the server.
    assertEquals(granted, ["env", "read", "write", "write", "read", "net"], stdout);
    assertStringIncludes(stdout, SUCCESS);
    assertEquals((await Deno.readTextFile(output)).split("\n").length, 62);
  },
});

Deno.test({
  name: "flatfetch TSLA, refused on a terminal, says so and names the flag",
  ignore: !hasTerminal,
  async fn() {
    await using place = await Place.open();
    await using run = startOnTerminal(100, {
      args: ["run", "--quiet", CLI, "TSLA"],
      env: {},
      place,
    });
    const { code, stdout } = await answer(run, "n\n");
    assertEquals(code, 4, stdout);
    assertStringIncludes(stdout, 'Put --allow-env=HOME behind "deno run"');
  },
});

Deno.test({
  name: "whoever names the variables that are needed is asked nothing on a terminal",
  ignore: !hasTerminal,
  async fn() {
    await using place = await Place.open();
    await using run = startOnTerminal(100, { args: withLeast(place), env: {}, place });
    const { code, stdout } = await run.ended;
    assertEquals(code, 0, stdout);
    assertNotMatch(stdout, /Deno requests|Allow\?/);
    assertStringIncludes(linesOnScreen(stdout, 100).join("\n"), SUCCESS);
  },
});

Deno.test({
  name: "the library asks nothing on a terminal of its own accord",
  ignore: !hasTerminal,
  async fn() {
    await using place = await Place.open();
    const program = `${place.home}/program.ts`;
    const cacheDirectory = place.cache().directory.path;
    const credentials = {
      accessKeyId: place.env.MASSIVE_S3_ACCESS_KEY_ID,
      secretAccessKey: place.env.MASSIVE_S3_SECRET_ACCESS_KEY,
    };
    const options = JSON.stringify({ from: "2025-01-02", to: "2025-01-31", cacheDirectory });
    await Deno.writeTextFile(
      program,
      `import { diagnose, preload } from "${pathToFileURL(`${ROOT}mod.ts`)}";
      const credentials = ${JSON.stringify(credentials)};
      const place = { ...${options}, endpoint: "${place.url}", credentials };
      console.log((await preload(["TSLA"], place)).bars.TSLA.length);
      const findCredentials = async () => ({ kind: "missing", lookedFor: [] });
      for await (const { name } of diagnose({ ...place, findCredentials })) console.log(name);`,
    );
    const args = ["run", "--quiet", ...permissions(place, ""), program];
    await using run = startOnTerminal(100, { args, env: {}, place });
    const { code, stdout } = await run.ended;
    assertEquals(code, 0, stdout);
    assertNotMatch(stdout, /Deno requests|Allow\?/);
    assertStringIncludes(stdout, "threads\r\n");
  },
});

/** Without a terminal: what is allowed, what is run, what is said. */
type Refusal = readonly [allowed: string, words: string, ...said: string[]];

const REFUSALS: readonly Refusal[] = [
  ["", "list", "Deno may not read HOME", "Put --allow-env=HOME behind"],
  ["--no-prompt", "TSLA", "Deno may not read HOME", "Put --allow-env=HOME behind"],
  ["env --deny-env=HOME", "list", "Deno may not read HOME"],
  ["", "list --cache-dir ~/cache", 'Cannot use --cache-dir "~/cache": Deno may not read HOME'],
  ["", "doctor", "Put --allow-env=HOME behind"],
  [
    "env=HOME",
    "TSLA",
    "Put --allow-read=HOME/.cache/flatfetch and --allow-write=HOME/.cache/flatfetch behind",
  ],
  ["env write", "TSLA", "Put --allow-read=HOME/.cache/flatfetch behind"],
  [
    "env=HOME read write",
    "TSLA",
    "no S3 credentials were found in what Deno lets the program read",
    "Put --allow-env=MASSIVE_S3_ACCESS_KEY_ID,MASSIVE_S3_SECRET_ACCESS_KEY behind",
  ],
  [
    "env=HOME,MASSIVE_S3_ACCESS_KEY_ID read write",
    "TSLA",
    "MASSIVE_S3_ACCESS_KEY_ID is set, and Deno may not read MASSIVE_S3_SECRET_ACCESS_KEY",
    "Put --allow-env=MASSIVE_S3_SECRET_ACCESS_KEY behind",
  ],
  [
    "env=HOME read write",
    "doctor",
    "credentials: Cannot ask the bucket: no S3 credentials were found in what Deno lets",
    "Put --allow-env=MASSIVE_S3_ACCESS_KEY_ID,MASSIVE_S3_SECRET_ACCESS_KEY behind",
    "disk space: not known: Deno needs --allow-sys=statfs to tell it",
  ],
  ["env read write", "TSLA", "Put --allow-net=ENDPOINT behind"],
  ["env read write", "doctor", "Put --allow-net=ENDPOINT behind"],
  [
    "env=HOME,MASSIVE_S3_ACCESS_KEY_ID,MASSIVE_S3_SECRET_ACCESS_KEY read write",
    "TSLA --adjust splits",
    "Deno may not read MASSIVE_API_KEY, POLYGON_API_KEY",
    "Put --allow-env=MASSIVE_API_KEY,POLYGON_API_KEY behind",
  ],
  ["env write", "--symbols HOME/list.txt", "Put --allow-read=HOME/list.txt behind"],
  [
    "env read write=HOME/.cache net",
    "TSLA -o HOME/bars.csv",
    "Put --allow-write=FOLDER behind",
  ],
  ...["TSLA -o HOME/bars.csv", "TSLA -o HOME/bars.csv.gz", "chart TSLA --html HOME/bars.csv"].map(
    (words): Refusal => [
      "env read=HOME/.cache,HOME/bars.csv write=HOME/.cache,HOME/bars.csv net",
      words,
      "Put --allow-read=FOLDER and --allow-write=FOLDER behind",
    ],
  ),
  [
    "env read=HOME/.cache write=HOME/.cache net",
    "TSLA --split HOME/bars",
    "Put --allow-read=HOME/bars and --allow-write=HOME/bars behind",
  ],
  [
    "env read=HOME/.cache write=HOME/.cache net",
    "export us_stocks_sip/day_aggs_v1 --into HOME/lake",
    "Deno may not read and write it",
    "Put --allow-read=HOME/lake and --allow-write=HOME/lake behind",
  ],
];

for (const [allowed, words, ...said] of REFUSALS) {
  Deno.test(`deno run ${allowed} cli.ts ${words} says what Deno refuses`, async () => {
    await using place = await Place.open();
    const filled = (text: string) =>
      text.replaceAll("ENDPOINT", new URL(place.url).host)
        .replaceAll("FOLDER", place.home)
        .replaceAll("HOME/", `${place.home}/`);
    const flags = allowed.split(" ").filter(Boolean).map((word) =>
      filled(word.startsWith("--") ? word : `--allow-${word}`)
    );
    const args = ["run", "--quiet", ...flags, CLI, ...words.split(" ").map(filled)];
    await using run = place.deno(args);
    const { code, stdout, stderr } = await run.ended;
    assertEquals(code, 4, stderr);
    for (const text of said) assertStringIncludes(stdout + stderr, filled(text));
    assert(!/os error|Uncaught/.test(stdout + stderr), stdout + stderr);
  });
}

/** The README's permissions, and the main job from this checkout. */
function withLeast(place: Place): string[] {
  const names = "HOME,MASSIVE_S3_ACCESS_KEY_ID,MASSIVE_S3_SECRET_ACCESS_KEY";
  const cache = ["--cache-dir", place.cache().directory.path, "--endpoint", place.url];
  const allowed = permissions(place, `--allow-env=${names}`);
  return ["run", "--quiet", ...allowed, CLI, "TSLA", ...IN_SPAN, ...cache];
}

function permissions(place: Place, environment: string): string[] {
  const { path } = place.cache().directory;
  const flags = [`--allow-net=${new URL(place.url).host}`, `--allow-read=${path}`];
  return [...flags, `--allow-write=${path}`, environment].filter(Boolean);
}
