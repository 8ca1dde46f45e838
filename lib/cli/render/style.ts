/**
 * How the program's texts look on a screen: signs, colors, aligned columns, and text from outside made
 * harmless. Pure.
 *
 * @module
 */

/** What the reader's screen can show. */
export interface Style {
  /** Emoji, `…` and block characters; without them every text of ours is ASCII. */
  readonly signs: boolean;
  /** The terminal's colors. They repeat what the words say. */
  readonly color: boolean;
}

/** The plain form, in which every text is right everywhere. */
export const PLAIN: Style = { signs: false, color: false };

/** What is known of the place that texts go to. */
export interface ScreenFacts {
  readonly isTerminal: boolean;
  /** `--no-color`, or `NO_COLOR` set and not empty. */
  readonly noColor: boolean;
  /** The variable `TERM`. */
  readonly term: string | undefined;
  /** The first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set and not empty. */
  readonly locale: string | undefined;
  /** Windows sets neither variable; its terminals show UTF-8. */
  readonly windows: boolean;
}

/**
 * Decides the style. A file or a pipe takes signs and no colors; a terminal takes signs and
 * colors, unless it is the Linux console, whose font has no signs. Where the locale is none of
 * UTF-8, or the terminal is dumb, there are no signs in either.
 */
export function chooseStyle(facts: ScreenFacts): Style {
  if (facts.noColor) return PLAIN;
  const signs = !isAsciiOnly(facts);
  if (!facts.isTerminal) return { signs, color: false };
  return { signs: signs && facts.term !== "linux", color: facts.term !== "dumb" };
}

/**
 * Whether nothing but ASCII is sure to be read. A pipe without a locale, as in a job
 * that a timer starts, mostly ends where UTF-8 is read.
 */
export function isAsciiOnly({ isTerminal, term, locale, windows }: ScreenFacts): boolean {
  if (term === "dumb") return true;
  if (windows || !isTerminal && !locale) return false;
  return !/utf-?8/i.test(locale ?? "");
}

/** What a color stands for: nothing is said by a color alone. */
export type Tone = "good" | "warning" | "bad" | "up" | "down" | "quiet";

/** Blue and orange stay apart for eyes that do not tell red from green. */
const COLORS: Readonly<Record<Tone, string>> = {
  good: "32",
  warning: "33",
  bad: "31",
  up: "38;5;33",
  down: "38;5;208",
  quiet: "90",
};

/** The text in the color of its tone, on a screen that has colors. */
export function paint(text: string, tone: Tone, style: Style): string {
  return style.color ? `\x1b[${COLORS[tone]}m${text}\x1b[39m` : text;
}

/** A heading, which stands out on a screen that has colors. */
export function heading(text: string, style: Style): string {
  return style.color ? `\x1b[1m${text}\x1b[22m` : text;
}

/** The text behind its sign; without signs, the text alone, in its plain form. */
export function signed(sign: string, text: string, style: Style): string {
  return style.signs ? `${sign} ${text}` : plainly(text, style);
}

/** The text, with `...` for `…` on a screen without signs. */
export function plainly(text: string, style: Style): string {
  return style.signs ? text : text.replaceAll("…", "...");
}

/**
 * Text from outside as one line of at most 200 characters that cannot steer a
 * terminal: white space becomes a space, every other control or invisible character
 * its code, such as `\u{1b}`.
 */
export function printable(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  const shown = line.length > 200 ? `${line.slice(0, 199)}…` : line;
  return shown.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, codeOf);
}

/**
 * A word as it is typed for a shell: in quotes where one would make something else of it, and as
 * bash and zsh write what would steer a terminal.
 */
export function typedText(word: string): string {
  if (/^[\w%+:,./@^-][\w%+=:,./@^-]*$/.test(word)) return word;
  const hidden = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
  if (!hidden.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replace(/[\\']/g, "\\$&").replace(
    hidden,
    (char) => `\\U${char.codePointAt(0)!.toString(16).padStart(8, "0")}`,
  );
  return `$'${escaped}'`;
}

/**
 * Finished text with every control character made visible but line ends and colors:
 * the last wall before the terminal.
 */
export function defuse(text: string): string {
  return text.replace(/\p{Cc}(?:\[[\d;]*m)?/gu, (found) => {
    const isColor = found.startsWith("\x1b") && found.length > 1;
    return isColor || found.startsWith("\n") ? found : codeOf(found) + found.slice(1);
  });
}

/** A text in ASCII: what has no plain form is shown by its code. */
export function asciiOf(text: string): string {
  return text.replaceAll("…", "...").replace(/[^\0-\x7f]/gu, codeOf);
}

function codeOf(char: string): string {
  return `\\u{${char.codePointAt(0)!.toString(16)}}`;
}

/** Lines of a table; columns whose heading starts with `>` are aligned to the right. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const names = headings.map((heading) => heading.replace(/^>/, ""));
  const lines = [names, ...rows].map((cells) => cells.map(printable));
  const widths = names.map((_, i) => Math.max(...lines.map((cells) => textWidth(cells[i]!))));
  return lines.map((cells) =>
    cells.map((cell, i) => {
      const space = " ".repeat(widths[i]! - textWidth(cell));
      return headings[i]!.startsWith(">") ? space + cell : cell + space;
    }).join("  ").trimEnd()
  );
}

/** The columns of a text without control sequences. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  // Made here and not with the module: the first one takes 10 ms.
  const characters = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of characters.segment(text)) {
    if (!isUnseen(segment)) columns += isWide(segment) ? 2 : 1;
  }
  return columns;
}

/** Whether nothing is seen of it by itself: control, format and combining characters. */
function isUnseen(character: string): boolean {
  return /^[\p{Control}\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}]*$/u.test(character);
}

/** Whether it takes two columns: emoji, and the letters that East Asian scripts set in squares. */
function isWide(character: string): boolean {
  return /\p{Emoji}\ufe0f|^\p{Emoji_Presentation}/u.test(character) ||
    /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3]/u
      .test(character) ||
    /^[\uf900-\ufaff\ufe10-\ufe6b\uff01-\uff60\uffe0-\uffe6]/u.test(character) ||
    /^[\u{16fe0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u.test(character);
}
