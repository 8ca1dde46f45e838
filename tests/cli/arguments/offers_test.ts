import { assertEquals, assertMatch } from "@std/assert";
import { type CommandDoc, optionsOf } from "../../../lib/cli/arguments/command_doc.ts";
import { COMMANDS } from "../../../lib/cli/commands.ts";
import { offersFor } from "../../../lib/cli/arguments/offers.ts";

/** The first line, and the words of the others. */
function offered(...words: readonly string[]): string[] {
  const text = offersFor(words, { commands: COMMANDS, today: "2024-03-07" });
  const [header, ...lines] = text.split("\n").slice(0, -1);
  return [header!, ...lines.map((line) => line.replace(/\t.*/, ""))];
}

Deno.test("offersFor() has every command with each of its options and no other", () => {
  for (const command of COMMANDS) {
    const own = optionsOf(command).flatMap(({ name, short }) =>
      short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]
    );
    assertEquals(offered(command.name, "-"), ["words\t", ...own], command.name);
  }
  assertEquals(offered("-"), offered("preload", "-"));
  assertEquals(offered("TSLA", "-"), offered("preload", "TSLA", "-"));
});

Deno.test("offersFor() has what every option's value may be, in each way to give it", () => {
  const header = (kind: string, prefix: string) => [`${kind}\t${prefix}`];
  for (const command of COMMANDS) {
    for (const { name, short, value } of optionsOf(command)) {
      if (value === undefined) continue;
      const line = [command.name, "x"];
      const { completion = [] } = value;
      const isPath = completion === "file" || completion === "directory";
      const kind = completion === "place" ? "directory" : isPath ? completion : "words";
      const words = completion === "date"
        ? ["2024-03-07"]
        : typeof completion === "string"
        ? []
        : completion;
      const names = [`--${name}`, ...short === undefined ? [] : [`-${short}`, `-q${short}`]];
      for (const given of names) {
        assertEquals(offered(...line, given, ""), [...header(kind, ""), ...words], given);
        assertEquals(offered(...line, given, "x"), [...header(kind, ""), ...words], given);
        const joint = given.startsWith("--") ? `${given}=` : given;
        assertEquals(offered(...line, `${joint}x`), [...header(kind, joint), ...words], given);
      }
      const whole = `--${name}=`;
      assertEquals(offered(...line, whole), [...header(kind, whole), ...words], whole);
      for (const split of [["="], ["=", "x"]]) {
        const found = offered(...line, `--${name}`, ...split);
        assertEquals(found, [...header(kind, ""), ...words], whole);
      }
    }
  }
});

Deno.test("offersFor() offers nothing for a value of another command's option, or of none", () => {
  for (const words of [["list", "--period", ""], ["list", "--period=5"], ["list", "--none=5"]]) {
    assertEquals(offered(...words).slice(1), [], words.join(" "));
  }
});

Deno.test("offersFor() offers an option once, unless it may be given again", () => {
  const options = offered("TSLA", "-p", "5y", "--symbols", "a.txt", "--refresh", "-");
  assertEquals(options.filter((word) => /^(-p|--period|--refresh)$/.test(word)), []);
  assertEquals(offered("TSLA", "--from", "-p", "-").includes("--period"), false);
  const list = optionsOf(COMMANDS[0]).find(({ value }) => value?.isList)!;
  assertEquals(offered("TSLA", `--${list.name}`, "x", "-").includes(`--${list.name}`), true);
});

Deno.test("offersFor() offers no option behind --, and commands for the first word alone", () => {
  const names = COMMANDS.map(({ name }) => name);
  for (const line of [[], [""], ["-q", ""], ["--", ""], ["--", "-"], [" "], ["c "]]) {
    assertEquals(offered(...line), ["words\t", ...names], line.join(" "));
  }
  assertEquals(offered("--", "TSLA", ""), ["words\t"]);
  assertEquals(offered("help", ""), ["words\t", ...names]);
  assertEquals(offered("completions", ""), ["words\t", "bash", "zsh", "fish", "powershell"]);
});

Deno.test("offersFor() never throws, and has a line for each word, whatever is typed", () => {
  const parts = ["", "=", "--", "-", "-p", "--period", "--=", "--period=", "list", "TSLA", "-p=2"];
  for (const first of parts) {
    for (const second of parts) {
      for (const third of parts) {
        const text = offersFor([first, second, third], { commands: COMMANDS, today: "" });
        assertMatch(
          text,
          /^(words|file|directory)\t[^\t\n]*\n([^\t\n]+(\t[^\t\n]+)?\n|\ttoday\n)*$/,
        );
      }
    }
  }
});

Deno.test("offersFor() and the help of every command keep tabs, colons in words and lines out", () => {
  for (const command of COMMANDS as readonly CommandDoc[]) {
    for (const { name, help, value } of optionsOf(command)) {
      assertMatch(help, /^[^\t\n]+$/, name);
      const words = typeof value?.completion === "object" ? value.completion : [];
      for (const word of words) assertMatch(word, /^[^\s:]+$/, name);
    }
  }
});
