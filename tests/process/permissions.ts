/**
 * The least permissions with which the program runs from a URL.
 *
 * @module
 */

/** The command as the README has it; `URL` stands for where the sources are. */
export const COMMAND =
  "deno run --allow-net=files.massive.com --allow-read=$HOME/.cache/flatfetch " +
  "--allow-write=$HOME/.cache/flatfetch " +
  "--allow-env=HOME,MASSIVE_S3_ACCESS_KEY_ID,MASSIVE_S3_SECRET_ACCESS_KEY URL/cli.ts TSLA";

/** The README's command from a URL, on one line; `undefined` when it has none. */
export async function commandInReadme(): Promise<string | undefined> {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const joined = readme.replace(/\s*\\\n\s*/g, " ");
  return /^\s*(deno run --allow-net=.* \S+\/cli\.ts TSLA)\s*$/m.exec(joined)?.[1];
}

/** The command's permissions, for a place's home and server. */
export function leastPermissions({ home, url }: { home: string; url: string }): string[] {
  const flags = COMMAND.match(/--allow-\S+/g)!;
  return [
    ...flags.map((flag) =>
      flag.replace("$HOME", home).replace("files.massive.com", new URL(url).host)
    ),
  ];
}
