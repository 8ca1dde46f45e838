/**
 * Reads the INI dialect of the AWS configuration files.
 *
 * Sections in brackets, whose words may stand in quotes; `name = value`, or `name: value`; comments
 * from `#` or `;` at a line's start or after white space. A line that is indented more than the
 * name above it goes on with that name's value: below an empty one it is a setting of its own,
 * as in `s3 =\n  endpoint_url = …`, and is read as `s3.endpoint_url`.
 *
 * @see {@link https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html}
 * @module
 */

/** Section → name → value. Names are in lower case; a later value wins. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads a file's text.
 *
 * @throws {SyntaxError} that names the line, of which it repeats nothing, and what is wanted.
 */
export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let above: Setting | undefined;
  for (const [i, line] of text.split(/\r\n?|\n/).entries()) {
    const want = (what: string) => new SyntaxError(`line ${i + 1}: want ${what}`);
    const content = line.replace(/(?:^|\s)[#;].*$/, "").trimEnd();
    const start = content.trimStart();
    if (start === "") continue;
    if (start.startsWith("[")) {
      section = sections.getOrInsertComputed(
        nameOf(line) ?? raise(want("a name in brackets")),
        () => new Map(),
      );
      above = undefined;
      continue;
    }
    if (section === undefined) throw want("a section such as [default] before it");
    const indent = content.length - start.length;
    const goesOn = above !== undefined && indent > above.indent;
    if (goesOn && above!.value !== "") {
      section.set(above!.name, `${section.get(above!.name)}\n${start}`);
      continue;
    }
    const [, name, value] = PAIR.exec(start) ?? raise(want("name = value"));
    const setting = { indent, name: name!.trimEnd().toLowerCase(), value: value!.trimStart() };
    section.set(goesOn ? `${above!.name}.${setting.name}` : setting.name, setting.value);
    if (!goesOn) above = setting;
  }
  return sections;
}

/** A setting, as its first line has it. */
interface Setting {
  readonly indent: number;
  readonly name: string;
  readonly value: string;
}

const PAIR = /^([^=:\s][^=:]*)[=:](.*)$/;

function raise(error: Error): never {
  throw error;
}

/** The words of a section's name, with one space between two. */
function nameOf(line: string): string | undefined {
  const name = /^\s*\[([^\]]+)\]\s*(?:[#;].*)?$/.exec(line)?.[1];
  const words = name?.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/g);
  return words && Array.from(words, ([word, one, other]) => one ?? other ?? word).join(" ");
}
