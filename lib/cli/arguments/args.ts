/**
 * Turns argv into a command of the table, or says what is wrong with it.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import { type CommandDoc, optionsOf, type OptionSpec } from "./command_doc.ts";
import type { Given } from "./command_spec.ts";
import { type Command, COMMANDS, COMPLETE, OPTIONS, type TableCommand } from "../commands.ts";
import type { Environment } from "../access/environment.ts";
import { homePath, placePath } from "./home_path.ts";
import { SCREEN } from "../options/screen.ts";
import { nearestCommand, refuseCommand, refuseOption } from "./misspelt.ts";

/**
 * @param env says where the home directory is, which `~/` stands for in a path.
 * @throws {UsageError} saying what was found and what was wanted.
 */
export function parseCommand(argv: readonly string[], env: Environment = {}): Command {
  if (argv[0] === COMPLETE) return { name: COMPLETE, ...SILENT, words: argv.slice(1) };
  const all = parse(argv, env);
  const named = commandOf(all.words[0]);
  const spec = named ?? COMMANDS[0];
  const screen = SCREEN.read(all);
  if (all.isOn("help")) {
    const of = named?.name ?? (all.words.length > 0 ? spec.name : undefined);
    return { name: "help", ...screen, of };
  }
  if (all.isOn("version")) return { name: "version", ...screen };
  refuseForeignOptions(all.names, spec);
  const words = all.words.slice(named === undefined ? 0 : 1);
  return { name: spec.name, ...screen, ...spec.read({ ...all, words }) } as Command;
}

const SILENT = { quiet: true, noColor: true, debug: false };

/** Words and options as they were given, the command's name among the words. */
interface Parsed extends Given {
  readonly names: readonly string[];
}

function parse(argv: readonly string[], env: Environment): Parsed {
  const given = new Map<string, readonly string[]>();
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (arg === "--") {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (/^-./.test(arg)) i += readOption(arg, { next: argv[i + 1], given });
    else words.push(arg);
  }
  const values = new Map(OPTIONS.map((one) => [one.name, valueOf(one, given.get(one.name))]));
  const isOn = (name: string) => values.get(name) !== undefined;
  return {
    words,
    names: OPTIONS.map(({ name }) => name).filter(isOn),
    text: (name) => {
      const text = values.get(name);
      return text === undefined ? undefined : withHome(text, name, env);
    },
    isOn,
  };
}

/**
 * Reads `--period=5y`, `--period 5y`, `-p 5y`, `-p5y`, `-p=5y`, `--json`, `-q`, and `-qp5y` one letter
 * after the other. What begins with a dash is no value, but for `-` itself.
 *
 * @returns how many of the arguments behind it are its value.
 */
function readOption(
  arg: string,
  { next, given, typed = arg }: {
    next: string | undefined;
    given: Map<string, readonly string[]>;
    typed?: string;
  },
): number {
  const [, long, letter, rest, value] = /^(?:--([^=]+)|-([^-=])([^=].*)?)(?:=(.*))?$/s.exec(arg) ??
    [];
  const option = OPTIONS.find(({ name, short = name }) =>
    [name, short].includes(long ?? letter ?? "")
  );
  if (option === undefined) return refuseOption(typed, OPTIONS.map(({ name }) => name));
  const add = (value: string) =>
    void given.set(option.name, [...given.get(option.name) ?? [], value]);
  if (option.value === undefined) {
    if (rest !== undefined) {
      add("true");
      return readOption(`-${arg.slice(2)}`, { next, given, typed });
    }
    given.set(option.name, value === "false" ? [] : ["true"]);
    return 0;
  }
  const own = letter !== undefined && arg.length > 2 ? arg.slice(2).replace(/^=/, "") : value;
  const isNext = own === undefined && next !== undefined && !/^-./.test(next);
  add(own ?? (isNext ? next : ""));
  return Number(isNext);
}

/** The value of an option that has one; of lists all that are given count, of others only one may be. */
function valueOf({ name, value }: OptionSpec, given: readonly string[] = []) {
  if (given.includes("")) {
    throw new UsageError(`--${name} wants a value, such as ${value!.example}`);
  }
  if (given.length < 2 || value?.isList) return given.length === 0 ? undefined : given.join(",");
  if (value === undefined) return given[0];
  const found = given.map((one) => quote(one)).join(" and ");
  throw new UsageError(`Cannot use --${name} more than once: found ${found}, want one`);
}

/** An option's value, as a path where it is one: what a shell would complete to a name on the disk. */
function withHome(text: string, option: string, env: Environment): string {
  const completion = OPTIONS.find(({ name }) => name === option)?.value?.completion;
  const origin = { name: `--${option}`, env };
  if (completion === "place") return placePath(text, origin);
  return completion === "file" || completion === "directory" ? homePath(text, origin) : text;
}

/** The first word names a command only in lower case, so that LIST can be a ticker. */
function commandOf(word = ""): TableCommand | undefined {
  const command = COMMANDS.find(({ name }) => name === word);
  if (command !== undefined) return command;
  const nearest = nearestCommand(word, COMMANDS.map(({ name }) => name));
  return nearest === undefined ? undefined : refuseCommand(word, nearest);
}

function refuseForeignOptions(names: readonly string[], command: CommandDoc): void {
  const has = (command: CommandDoc, name: string) =>
    optionsOf(command).some((option) => option.name === name);
  const foreign = names.find((name) => !has(command, name));
  if (foreign === undefined) return;
  const owner = COMMANDS.find((command) => has(command, foreign))!;
  // Nobody types the name of the first command.
  const here = command.name === COMMANDS[0].name ? "without a command" : `with ${command.name}`;
  const there = owner === COMMANDS[0] ? "flatfetch SYMBOL…" : `flatfetch ${owner.name}`;
  throw new UsageError(`Cannot use --${foreign} ${here}: it belongs to ${there}`);
}
