/**
 * Files of the user's that are no readable text: said, with the reason, and never waited for.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { IN_QUARTER, KEYS, stockFiles, World } from "./harness.ts";

/** Makes a file of each kind in a folder, and says what is told of it. */
async function makeOddFiles(folder: string): Promise<Readonly<Record<string, string>>> {
  await Deno.mkdir(`${folder}/directory`);
  await Deno.writeFile(`${folder}/latin1`, Uint8Array.of(65, 10, 0xf6));
  await Deno.create(`${folder}/large`).then((file) => {
    using open = file;
    open.truncateSync(60 << 20);
  });
  await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
  return {
    directory: "it is a directory",
    latin1: "line 2 is no UTF-8; save it as UTF-8 text",
    large: "it has more than 8 MiB",
    pipe: "it is a pipe out of which nothing comes",
    [`${"../".repeat(9)}dev/zero`]: "it has more than 8 MiB",
  };
}

Deno.test({
  name: "flatfetch with --symbols, --splits or ~/.aws/config that is no text says why at once",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using world = await World.open([stockFiles()]);
    const odd = await makeOddFiles(world.home);
    await Deno.mkdir(`${world.home}/.aws`);
    const noKeys = { MASSIVE_S3_ACCESS_KEY_ID: undefined, MASSIVE_S3_SECRET_ACCESS_KEY: undefined };
    for (const [name, why] of Object.entries(odd)) {
      const path = `${world.home}/${name}`;
      const symbols = await world.run(["--symbols", path]);
      assertEquals(symbols.code, 2);
      assertStringIncludes(symbols.stderr, `Cannot read symbols from "${path}": ${why}`);
      const splits = await world.run(["TSLA", "--splits", path]);
      assertEquals(splits.code, 2);
      assertStringIncludes(splits.stderr, `Cannot read splits from "${path}": ${why}`);
      const config = await world.run(["TSLA"], { env: { ...noKeys, AWS_CONFIG_FILE: path } });
      assertEquals(config.code, 4);
      assertStringIncludes(config.stderr, `Cannot read "${path}": ${why}`);
    }
    assertEquals(world.s3.requests.length, 0);
  },
});

Deno.test("flatfetch --symbols LIST in UTF-16 with keys of ~/.aws/credentials in it loads all", async () => {
  await using world = await World.open([stockFiles()]);
  const utf16 = (text: string) =>
    new Uint8Array(Uint16Array.from(`\ufeff${text}`, (char) => char.charCodeAt(0)).buffer);
  await Deno.mkdir(`${world.home}/.aws`);
  await Deno.writeFile(`${world.home}/list`, utf16("TSLA # one\r\n\rAAPL\r"));
  const profile = `[default]\r\naws_access_key_id = ${KEYS.accessKeyId}\r\n` +
    `aws_secret_access_key = ${KEYS.secretAccessKey}\r\n`;
  await Deno.writeFile(`${world.home}/.aws/credentials`, utf16(profile));
  const env = { MASSIVE_S3_ACCESS_KEY_ID: undefined, MASSIVE_S3_SECRET_ACCESS_KEY: undefined };
  const { code, stdout } = await world.run(
    ["--symbols", `${world.home}/list`, ...IN_QUARTER, "--json"],
    { env },
  );
  assertEquals([code, Object.keys(JSON.parse(stdout).symbols)], [0, ["TSLA", "AAPL"]]);
});
