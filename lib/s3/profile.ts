/**
 * Reads profiles of the AWS configuration files.
 *
 * What the credentials file says of a profile goes before what the configuration file says; in
 * that one `[profile default]` goes before `[default]`.
 *
 * Their dialect of INI: sections in brackets, whose words may stand in quotes; `name = value`, or
 * `name: value`; comments from `#` or `;` at a line's start or after white space. A line that is
 * indented more than the name above it goes on with that name's value: below an empty one it is a
 * setting of its own, as in `s3 =\n  endpoint_url = …`, and is read as `s3.endpoint_url`.
 *
 * @see {@link https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html}
 * @module
 */

import { ConfigurationError, quote } from "../errors.ts";

/** Where the configuration files are, and how they are read. */
export interface ProfileSearch {
  /** Environment variables by name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A file's text, whose lines end in LF, or `undefined` when there is no such file. */
  readonly readTextFile: (path: string) => Promise<string | undefined>;
}

/** What the files say of a profile. */
export interface Profile {
  /** Each file's part, the credentials file first. */
  readonly parts: readonly ProfilePart[];
  /** The endpoint for S3; one for S3 alone wins over one for all services. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** What it says of `ignore_configured_endpoint_urls`. */
  readonly ignoresEndpoints: boolean;
}

/** What one file says of a profile. */
export interface ProfilePart {
  /** The file, as a user would write it: `~/.aws/credentials`. */
  readonly file: string;
  /** Name → value, such as `aws_access_key_id`; nested names as `s3.endpoint_url`. */
  readonly values: ReadonlyMap<string, string>;
  /** What stands there that is no key pair, but was likely meant to be one or bring one. */
  readonly remark: string | undefined;
}

/** Settings that bring keys by asking somebody, which is not done here. */
const OTHER_SOURCES: readonly string[] = [
  "credential_process",
  "sso_session",
  "sso_start_url",
  "web_identity_token_file",
  "role_arn",
  "login_session",
];

/** Both files, read once. */
export class ProfileFiles {
  readonly #credentials: ProfileFile;
  readonly #config: ProfileFile;

  private constructor(credentials: ProfileFile, config: ProfileFile) {
    this.#credentials = credentials;
    this.#config = config;
  }

  /** @throws {ConfigurationError} when a file is there and cannot be read. */
  static async read(search: ProfileSearch): Promise<ProfileFiles> {
    const { AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE } = search.env;
    return new ProfileFiles(
      await readProfileFile(search, AWS_SHARED_CREDENTIALS_FILE, "credentials"),
      await readProfileFile(search, AWS_CONFIG_FILE, "config"),
    );
  }

  /**
   * A profile; one that no file has is empty.
   *
   * @throws {ConfigurationError} when it names a section of services that is not there, or a setting
   * that counts here has several lines.
   */
  profile(name: string): Profile {
    const inConfig = [`profile ${name}`, ...name === "default" ? [name] : []];
    const parts = [
      partOf(this.#credentials, [name], `profile ${name}`),
      partOf(this.#config, inConfig, name),
    ];
    const first = (setting: string) => {
      const part = parts.find(({ values }) => values.get(setting));
      const value = part?.values.get(setting);
      if (!value?.includes("\n")) return value;
      throw new ConfigurationError(`Cannot read ${part!.file}: ${setting} has several lines`);
    };
    return {
      parts,
      endpoint: this.#serviceEndpoint(first("services"), name) ?? first("s3.endpoint_url") ??
        first("endpoint_url"),
      region: first("region"),
      ignoresEndpoints: first("ignore_configured_endpoint_urls")?.toLowerCase() === "true",
    };
  }

  #serviceEndpoint(services: string | undefined, profile: string): string | undefined {
    if (services === undefined) return undefined;
    const section = this.#config.ini.get(`services ${services}`);
    if (section !== undefined) return section.get("s3.endpoint_url");
    throw new ConfigurationError(
      `Cannot use the profile ${quote(profile)}: its services are those of ` +
        `${quote(`[services ${services}]`)}, which ${this.#config.name} does not have`,
    );
  }
}

interface ProfileFile {
  readonly name: string;
  readonly ini: Ini;
}

async function readProfileFile(
  { env, readTextFile }: ProfileSearch,
  override: string | undefined,
  file: string,
): Promise<ProfileFile> {
  const given = override?.trim();
  const home = env.HOME || env.USERPROFILE;
  const path = given || home && `${home}/.aws/${file}`;
  const name = given || `~/.aws/${file}`;
  try {
    return { name, ini: parseIni(path && await readTextFile(path) || "") };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigurationError(`Cannot read ${name}, ${error.message}`);
  }
}

/** @param mistaken how the section is called in the other one of the two files. */
function partOf(
  { name, ini }: ProfileFile,
  sections: readonly string[],
  mistaken: string,
): ProfilePart {
  const section = sections.find((section) => ini.has(section));
  const values = ini.get(section ?? "") ?? new Map<string, string>();
  const other = OTHER_SOURCES.find((setting) => values.get(setting));
  const isMistaken = section === undefined && ini.has(mistaken);
  const remark = other !== undefined
    ? `has ${other}, which is not used here`
    : isMistaken
    ? `has [${mistaken}], want [${sections[0]}]`
    : undefined;
  return { file: name, values, remark };
}

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
