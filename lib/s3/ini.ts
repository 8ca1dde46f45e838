/**
 * Reads the INI dialect of the AWS configuration files.
 *
 * Sections in brackets; `name = value`; comments from `#` or `;` at a line's start or after
 * white space; an indented line belongs to the empty value above it, as in
 * `s3 =\n  endpoint_url = …`, and is read as `s3.endpoint_url`.
 *
 * @module
 */

/** Section → name → value. Names are in lower case; a later value wins. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads a file's text. Lines that make no sense are skipped. */
export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let parent = "";
  for (const line of text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/)) {
    const content = line.replace(/(?:^|\s)[#;].*$/, "").trimEnd();
    const header = /^\[([^\]]+)\]$/.exec(content.trim());
    if (header !== null) {
      section = sectionOf(sections, header[1]!);
      parent = "";
      continue;
    }
    const pair = /^(\s*)([^=\s][^=]*?)\s*=\s*(.*)$/.exec(content);
    if (pair === null || section === undefined) continue;
    const name = pair[2]!.toLowerCase();
    const value = pair[3]!;
    const nested = pair[1] !== "" && parent !== "";
    section.set(nested ? `${parent}.${name}` : name, value);
    if (!nested) parent = value === "" ? name : "";
  }
  return sections;
}

function sectionOf(
  sections: Map<string, Map<string, string>>,
  header: string,
): Map<string, string> {
  const name = header.trim().replace(/\s+/g, " ").replaceAll('"', "");
  const section = sections.get(name) ?? new Map<string, string>();
  sections.set(name, section);
  return section;
}
