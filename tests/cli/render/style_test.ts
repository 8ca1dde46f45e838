import { assertEquals, assertMatch } from "@std/assert";
import {
  asciiOf,
  chooseStyle,
  defuse,
  paint,
  PLAIN,
  plainly,
  printable,
  type ScreenFacts,
  signed,
  typedText,
} from "../../../lib/cli/render/style.ts";

const TERMINAL: ScreenFacts = {
  isTerminal: true,
  noColor: false,
  term: "xterm-256color",
  locale: "en_US.UTF-8",
  windows: false,
};
const FULL = { signs: true, color: true };

Deno.test("chooseStyle() gives a UTF-8 terminal signs and colors", () => {
  const noTerm = { ...TERMINAL, term: undefined, locale: undefined };
  assertEquals(chooseStyle(TERMINAL), FULL);
  assertEquals(chooseStyle({ ...TERMINAL, locale: "C.utf8" }), FULL);
  assertEquals(chooseStyle({ ...noTerm, windows: true }), FULL);
});

Deno.test("chooseStyle() gives no signs to a terminal that cannot show them", () => {
  const colorOnly = { signs: false, color: true };
  for (const locale of ["C", "de_DE.ISO-8859-1", undefined]) {
    assertEquals(chooseStyle({ ...TERMINAL, locale }), colorOnly);
  }
  assertEquals(chooseStyle({ ...TERMINAL, term: "linux" }), colorOnly);
  assertEquals(chooseStyle({ ...TERMINAL, term: "dumb" }), PLAIN);
});

Deno.test("chooseStyle() gives a pipe signs without colors, and NO_COLOR neither", () => {
  const pipe = { ...TERMINAL, isTerminal: false };
  assertEquals(chooseStyle(pipe), { signs: true, color: false });
  assertEquals(chooseStyle({ ...pipe, noColor: true }), PLAIN);
  assertEquals(chooseStyle({ ...TERMINAL, noColor: true }), PLAIN);
});

Deno.test("chooseStyle() leaves a pipe plain whose locale or terminal cannot show signs", () => {
  const pipe = { ...TERMINAL, isTerminal: false };
  for (const locale of ["C", "POSIX", "en_US", "de_DE.ISO-8859-1", "de_DE@euro"]) {
    assertEquals(chooseStyle({ ...pipe, locale }), PLAIN, locale);
    assertEquals(chooseStyle({ ...pipe, locale, windows: true }).signs, true);
  }
  assertEquals(chooseStyle({ ...pipe, term: "dumb" }), PLAIN);
  for (const locale of ["C.UTF-8", "en_US.utf8", undefined, ""]) {
    assertEquals(chooseStyle({ ...pipe, locale }).signs, true, locale);
  }
});

Deno.test("asciiOf() shows what is no ASCII by its code", () => {
  assertEquals(asciiOf("a…\tb\n"), "a...\tb\n");
  assertEquals(asciiOf("é 日 \u{1f4be}"), "\\u{e9} \\u{65e5} \\u{1f4be}");
});

Deno.test("signed(), plainly() and paint() leave the plain form ASCII", () => {
  assertEquals(signed("✅", "a … b", FULL), "✅ a … b");
  assertEquals(signed("✅", "a … b", PLAIN), "a ... b");
  assertEquals(plainly("…", PLAIN), "...");
  assertEquals(paint("no", "bad", FULL), "\x1b[31mno\x1b[39m");
  assertEquals(paint("no", "bad", PLAIN), "no");
});

Deno.test("printable() lets no control or invisible character through", () => {
  const all = Array.from({ length: 0x3000 }, (_, i) => String.fromCodePoint(i));
  for (const char of [...all, "\ufeff", "\u{e0001}"]) {
    assertMatch(printable(`a${char}b`), /^a[^\p{C}\p{Zl}\p{Zp}]*b$|\p{Cn}/u);
  }
  assertEquals(printable(" two\r\n\tlines "), "two lines");
  assertEquals(printable("\x9b2J\u202e"), "\\u{9b}2J\\u{202e}");
});

Deno.test("printable() cuts at 200 characters", () => {
  assertEquals(printable("x".repeat(200)), "x".repeat(200));
  assertEquals(printable("x".repeat(201)), "x".repeat(199) + "…");
});

Deno.test("defuse() leaves line ends and colors alone", () => {
  const fine = "a\n\x1b[31mb\x1b[39m\n";
  assertEquals(defuse(fine), fine);
  assertEquals(
    defuse("\x1b[2J\x1b]0;x\x07\r\x9b1m"),
    [
      "\\u{1b}[2J",
      "\\u{1b}]0;x\\u{7}",
      "\\u{d}",
      "\\u{9b}1m",
    ].join(""),
  );
  assertEquals(defuse("\r[1m"), "\\u{d}[1m");
});

Deno.test("typedText() is what a shell takes for the word that it was", async () => {
  for (const word of ["TSLA", "^GSPC", "BTC-USD", "EURUSD=X", "X:BTC-USD", "/a/b.csv"]) {
    assertEquals(typedText(word), word);
  }
  assertEquals(typedText("O:SPY*"), "'O:SPY*'");
  const words = [
    "",
    "it's",
    "a b",
    "$HOME",
    "`id`",
    "\\n",
    '"',
    "~",
    "=ls",
    "é",
    "a\nb'",
    "\x1b[2J\\",
  ];
  const script = `printf '%s\\0' ${words.map(typedText).join(" ")}`;
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  assertEquals(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words);
  assertEquals(typedText("\u202e\x1b"), "$'\\U0000202e\\U0000001b'");
});
