/** The texts of `docs/what_can_go_wrong.md` are those that the program prints. */

import { assert, assertEquals } from "@std/assert";
import { gzipText } from "../../fixtures/flat_files.ts";
import { IN_QUARTER, stockFiles, World } from "../program/harness.ts";

/** What the table calls a text, beside the run in which it is seen. */
const SEEN: readonly {
  readonly text: RegExp;
  readonly code: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly prepare?: (world: World) => void;
}[] = [
  {
    text: /🔁 Retrying \S+ in .*: /,
    code: 0,
    prepare: ({ s3 }) => s3.faults.add("internal-error", { key: /01-03/, times: 1 }),
  },
  {
    text: /❌ 1 file failed, to be tried again by the next run:/,
    code: 3,
    prepare: ({ s3 }) => s3.faults.add("bit-flip", { key: /01-03/ }),
  },
  {
    text:
      /❌ Cannot read "TSLA" in "us_stocks_sip\/\S+", line \d+: column "volume" is "", want a number/,
    code: 3,
    prepare: (world) => edit(world, "2025-01-03", (text) => text.replace(/^TSLA,\d+/m, "TSLA,")),
  },
  {
    text: /❗ TSLA: 2025-01-03: two rows differ: volume \d+ and 1; the later counts/,
    code: 0,
    prepare: (world) =>
      edit(world, "2025-01-03", (text) => text.replace(/^(TSLA),\d+(.*)$/m, "$&\n$1,1$2")),
  },
  {
    text: /❗ TSLA: 2025-01-03: the file has no row/,
    code: 0,
    prepare: (world) => edit(world, "2025-01-03", (text) => text.split("\n")[0]!),
  },
  {
    text: /❗ TSLA: 2025-01-03: line 2 of the file: a quote does not end on its line/,
    code: 0,
    prepare: (world) => edit(world, "2025-01-03", (text) => text.replace("\n", '\n"')),
  },
  {
    text:
      /❗ TSLA: no bar from 2025-01-\d+ to 2025-02-\d+ \(\d+ files\): before, the ticker may have/,
    code: 0,
    prepare: (world) => {
      for (const date of stockFiles().dates.slice(10, 35)) {
        edit(world, date, (text) => text.replace(/^TSLA,.*\n/m, ""));
      }
    },
  },
  {
    text: /🔒 not included in your plan: 2025-01-02 … 2025-01-31 \(20 files\)/,
    code: 3,
    prepare: ({ s3 }) => s3.faults.add("access-denied", { key: /2025-01-\d+\.csv/ }),
  },
  {
    text: /Cannot download: the server refuses each of 5 files from the whole period/,
    code: 4,
    prepare: ({ s3 }) => s3.faults.add("access-denied", { key: /gz$/ }),
  },
  {
    text: /Cannot ask the bucket: no S3 credentials were found/,
    code: 4,
    env: { MASSIVE_S3_ACCESS_KEY_ID: undefined, MASSIVE_S3_SECRET_ACCESS_KEY: undefined },
  },
  {
    text: /the server answers HTTP 403 SignatureDoesNotMatch/,
    code: 4,
    env: { MASSIVE_S3_SECRET_ACCESS_KEY: "x".repeat(40) },
  },
  {
    text: /the server answers HTTP 403 InvalidAccessKeyId/,
    code: 4,
    env: { MASSIVE_S3_ACCESS_KEY_ID: "UNKNOWN" },
  },
  {
    text: /the server answers HTTP 400 ExpiredToken/,
    code: 4,
    prepare: ({ s3 }) => s3.faults.add("expired-token"),
  },
  {
    text: /the server answers HTTP 302, a redirect to the host "elsewhere\.invalid"/,
    code: 4,
    prepare: ({ s3 }) => s3.faults.add({ name: "redirect", status: 302 }),
  },
  {
    text: /the answer is no listing, it is a web page/,
    code: 5,
    prepare: ({ s3 }) => s3.faults.add("html-page"),
  },
  {
    text: /the connection to 127\.0\.0\.1:\d+ was refused/,
    code: 5,
    env: { FLATFETCH_ENDPOINT: `http://127.0.0.1:${closedPort()}` },
  },
  {
    text: /❓ No data: TSLX is in none of the 60 files; did you mean TSLA/,
    code: 7,
    args: ["TSLX"],
  },
];

Deno.test("flatfetch prints what its page says that it prints when something goes wrong", async () => {
  for (const { text, code, args = ["TSLA"], env = {}, prepare } of SEEN) {
    await using world = await World.open([stockFiles()]);
    prepare?.(world);
    const ended = await world.run([...args, ...IN_QUARTER], { env });
    assert(text.test(ended.stderr), `${text} is not in:\n${ended.stderr}`);
    assertEquals(ended.code, code, ended.stderr);
  }
});

/** Edits the file of a date in the bucket. */
function edit({ s3 }: World, date: string, change: (text: string) => string): void {
  const { key, text } = stockFiles().file(date);
  s3.objects.put(key, gzipText(change(text)));
}

/** A port on which nothing listens. */
function closedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}
