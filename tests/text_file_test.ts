import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  readTextFile,
  readTextStream,
  type TextFileOptions,
  UnreadableTextError,
} from "../lib/text_file.ts";
import { withDirectory } from "./cache/samples.ts";

/** Reads bytes from a file that has them. */
async function readBytes(bytes: Uint8Array, options: TextFileOptions = {}): Promise<string> {
  let text = "";
  await withDirectory(async (path) => {
    await Deno.writeFile(`${path}/file`, bytes);
    text = await readTextFile(`${path}/file`, options);
  });
  return text;
}

const TEXT = "TSLA # Börse €\n\nAAPL\n";
const utf8 = (text: string) => new TextEncoder().encode(text);

/** UTF-16 with a byte order mark. */
function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  const marked = `\ufeff${text}`;
  for (let i = 0; i < marked.length; i++) view.setUint16(2 * i, marked.charCodeAt(i), littleEndian);
  return bytes;
}

Deno.test("readTextFile() reads what editors save, with lines that end in LF", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = TEXT.replaceAll("\n", end);
    const saved = [utf8(text), utf8(`\ufeff${text}`), utf16(text, true), utf16(text, false)];
    for (const bytes of saved) assertEquals(await readBytes(bytes), TEXT);
  }
  assertEquals(await readBytes(utf8("")), "");
});

/** What is no text, and why. */
const NO_TEXT: readonly [name: string, bytes: Uint8Array, reason: string][] = [
  ["Latin-1", Uint8Array.of(65, 10, 0xf6, 10), "line 2 is no UTF-8; save it as UTF-8 text"],
  [
    "UTF-16 without a mark",
    utf16(TEXT, true).subarray(2),
    "line 1 is no UTF-8; save it as UTF-8 text",
  ],
  [
    "UTF-16 of ASCII without one",
    utf16("A\n", false).subarray(2),
    "it has NUL characters; save it as UTF-8 text",
  ],
  [
    "half of a UTF-16 character",
    utf16("A", true).subarray(0, 3),
    "line 1 is no UTF-16; save it as UTF-8 text",
  ],
  [
    "UTF-32",
    Uint8Array.of(255, 254, 0, 0, 65, 0, 0, 0),
    "it has NUL characters; save it as UTF-8 text",
  ],
  ["bytes", Uint8Array.of(65, 13, 13, 10, 0x80), "line 3 is no UTF-8; save it as UTF-8 text"],
];

for (const [name, bytes, reason] of NO_TEXT) {
  Deno.test(`readTextFile() of ${name} says ${reason}`, async () => {
    const error = await assertRejects(() => readBytes(bytes), UnreadableTextError);
    assertEquals([error.message, error.isMissing], [reason, false]);
  });
}

Deno.test("readTextFile() refuses a file that is too large, and takes one that just is not", async () => {
  const large = new Uint8Array((8 << 20) + 1).fill(10);
  await assertRejects(() => readBytes(large), UnreadableTextError, "it has more than 8 MiB");
  assertEquals((await readBytes(large.subarray(1))).length, 8 << 20);
});

Deno.test({
  name: "readTextFile() says what a path leads to, and waits for none of it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withDirectory(async (path) => {
      await Deno.symlink("loop", `${path}/loop`);
      const said = async (name: string, options: TextFileOptions = {}) => {
        const error = await assertRejects(() => readTextFile(name, options), UnreadableTextError);
        return [error.message, error.isMissing];
      };
      assertEquals(await said(`${path}/none`), ["no such file", true]);
      assertEquals(await said(path), ["it is a directory", false]);
      assertEquals(await said(`${path}/loop`), ["it is a symbolic link to itself", false]);
      assertEquals(await said("/dev/zero"), ["it has more than 8 MiB", false]);
      assertEquals(await readTextFile("/dev/null"), "");
      await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();
      assertEquals(await said(`${path}/pipe`), ["it is a pipe out of which nothing comes", false]);
      // As a writer that writes nothing.
      using _writer = await Deno.open(`${path}/pipe`, { read: true, write: true });
      assertEquals(await said(`${path}/pipe`, { patienceMs: 0 }), [
        "it did not end within 0 seconds",
        false,
      ]);
      const signal = AbortSignal.abort(new Error("stop"));
      await assertRejects(() => readTextFile(`${path}/pipe`, { signal }), Error, "stop");
    });
  },
});

Deno.test({
  name: "readTextFile() reads a pipe to its end, whatever pieces come",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withDirectory(async (path) => {
      await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();
      const text = "TSLA\n".repeat(40_000);
      const writing = Deno.writeTextFile(`${path}/pipe`, text);
      // Each of the two waits for the other; a pipe that nobody had open would end the writer.
      using _held = await Deno.open(`${path}/pipe`);
      assert(await readTextFile(`${path}/pipe`) === text);
      await writing;
    });
  },
});

/** The bytes in pieces, behind which without `end` nothing comes. */
function streamOf(pieces: readonly Uint8Array[], { end = true } = {}): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      if (end) controller.close();
    },
  });
}

Deno.test("readTextStream() reads what readTextFile() does, in whatever pieces it comes", async () => {
  const bytes = utf16(TEXT.replaceAll("\n", "\r\n"), true);
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assertEquals(await readTextStream(streamOf(pieces)), TEXT);
  assertEquals(await readTextStream(streamOf([])), "");
  const wrong = streamOf([Uint8Array.of(65, 10, 0xf6)]);
  await assertRejects(() => readTextStream(wrong), UnreadableTextError, "line 2 is no UTF-8");
});

Deno.test("readTextStream() takes no more than its bound, and ends at an abort", async () => {
  const two = () => streamOf([utf8("A\n"), utf8("B\n")], { end: false });
  await assertRejects(() => readTextStream(two(), { maxBytes: 3 }), UnreadableTextError, "MiB");
  const stop = new AbortController();
  const reading = readTextStream(two(), { signal: stop.signal });
  stop.abort(new Error("stop"));
  await assertRejects(() => reading, Error, "stop");
});
