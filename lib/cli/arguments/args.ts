/**
 * Turns argv into a command of the table, or says what is wrong with it.
 *
 * @module
 */

import { parseArgs } from "../../deps/std_cli.ts";
import { quote, UsageError } from "../../errors.ts";
import { type CommandDoc, namesOf, optionsOf, type OptionSpec } from "./command_doc.ts";
import type { Given } from "./command_spec.ts";
import { type Command, COMMANDS, COMPLETE, OPTIONS, type TableCommand } from "../commands.ts";
import type { Environment } from "../access/environment.ts";
import { homePath, placePath } from "./home_path.ts";
import { SCREEN } from "../options/run.ts";
import { meantCommand, refuseCommand, refuseOption } from "./misspelt.ts";

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

/** An option of the name under which the parser keeps the words. */
const CLASH = /^--_(?!\w)/;

/** @throws {UsageError} with an option of the command that some word names. */
function refuseUnknown(arg: string, argv: readonly string[]): never {
  const command = COMMANDS.find(({ name }) => argv.includes(name)) ?? COMMANDS[0];
  refuseOption(arg, optionsOf(command).map(({ name }) => name));
}

/** `--all=no`, `-q=no` and `-qy=no`, which the parser would take for `--all`, or for its opposite. */
function refuseSwitchWithValue(arg: string): void {
  const [, long, letters = "", value] = /^(?:--([^=]+)|-([a-z]+))=(.*)$/s.exec(arg) ?? [];
  const names = long === undefined
    ? letters.split("").map((letter) => `-${letter}`)
    : [`--${long}`];
  const given = names.map((name) => OPTIONS.find((option) => namesOf(option).includes(name)));
  const option = given.at(-1);
  if (!option || given.some((one) => one === undefined || one.value !== undefined)) return;
  throw new UsageError(`--${option.name} takes no value: found ${quote(value!)}`);
}

function parse(argv: readonly string[], env: Environment): Parsed {
  const texts = OPTIONS.filter(({ value }) => value !== undefined);
  const switches = OPTIONS.filter(({ value }) => value === undefined);
  argv.slice(0, argv.indexOf("--") >>> 0).forEach(refuseSwitchWithValue);
  const bound = bindValues(argv, OPTIONS);
  const unknown = bound.slice(0, bound.indexOf("--") >>> 0).find((arg) =>
    CLASH.test(arg) || /^-[^-]/.test(arg) && !areLetters(arg.slice(1), OPTIONS)
  );
  if (unknown !== undefined) refuseUnknown(unknown, argv);
  const parsed = parseArgs(bound, {
    string: ["_", ...texts.map(({ name }) => name)],
    collect: texts.map(({ name }) => name),
    boolean: switches.map(({ name }) => name),
    alias: Object.fromEntries(
      OPTIONS.flatMap(({ name, short }) => short === undefined ? [] : [[name, short]]),
    ),
    unknown: (arg, key) => key === undefined || refuseUnknown(arg, argv),
  });
  const values = new Map(texts.map((option) => [option.name, valueOf(option, parsed)]));
  const isGiven = (name: string) => values.get(name) !== undefined || parsed[name] === true;
  return {
    words: parsed._.map(String),
    names: OPTIONS.map(({ name }) => name).filter(isGiven),
    text: (name) => {
      const text = values.get(name);
      return text === undefined ? undefined : withHome(text, name, env);
    },
    isOn: isGiven,
  };
}

/** The value of an option that has one; of lists all that are given count, of others only one may be. */
function valueOf({ name, value }: OptionSpec, parsed: Readonly<Record<string, unknown>>) {
  const given = parsed[name] as readonly string[] ?? [];
  if (given.includes("")) {
    throw new UsageError(`--${name} wants a value, such as ${value!.example}`);
  }
  if (given.length < 2 || value!.isList) return given.length === 0 ? undefined : given.join(",");
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
  const nearest = meantCommand(word, COMMANDS.map(({ name }) => name));
  return nearest === undefined ? undefined : refuseCommand(word, nearest);
}

function refuseForeignOptions(names: readonly string[], command: CommandDoc): void {
  const has = (command: CommandDoc, name: string) =>
    optionsOf(command).some((option) => option.name === name);
  const foreign = names.find((name) => !has(command, name));
  if (foreign === undefined) return;
  // Nobody types the name of the first command.
  const nameOf = ({ name }: CommandDoc) => name === COMMANDS[0].name ? "SYMBOL…" : name;
  const here = command.name === COMMANDS[0].name ? "without a command" : `with ${command.name}`;
  const there = COMMANDS.filter((command) => has(command, foreign)).map(nameOf).join(", ");
  throw new UsageError(`Cannot use --${foreign} ${here}: it belongs to flatfetch ${there}`);
}

/**
 * The same arguments, with values bound to their options: `-p5y` as `-p=5y`, `--output -` as
 * `--output=-`, and a switch as `--json=true`, lest a symbol behind it, such as `true`, pass
 * for its value; `--no-color`, which takes no value, changes places with it. What stands
 * behind `--` stays.
 */
function bindValues(argv: readonly string[], specs: readonly OptionSpec[]): string[] {
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  const bound: string[] = [];
  for (const [i, arg] of options.entries()) {
    if (arg === "-" && takesText(argv[i - 1], specs)) bound.push(`${bound.pop()}=-`);
    else if (/^(true|false)$/.test(arg) && isNegated(bound.at(-1))) bound.splice(-1, 0, arg);
    else bound.push(bindValue(arg, specs));
  }
  return [...bound, ...argv.slice(options.length)];
}

function bindValue(arg: string, specs: readonly OptionSpec[]): string {
  const option = specs.find((option) => namesOf(option).includes(arg));
  if (option !== undefined) {
    const isFree = option.value !== undefined || isNegated(arg);
    return isFree ? arg : `--${option.name}=true`;
  }
  const [, letter, value] = /^(-[a-z])([^=].*)$/s.exec(arg) ?? [];
  return takesText(letter, specs) ? `${letter}=${value}` : arg;
}

/** Letters of switches, of which the last may be that of an option with its value behind it. */
function areLetters(text: string, specs: readonly OptionSpec[]): boolean {
  const option = specs.find(({ short }) => short === text[0]);
  if (option === undefined) return false;
  const isLast = text.length === 1 || text[1] === "=" || option.value !== undefined;
  return isLast || areLetters(text.slice(1), specs);
}

/** The switches whose names the parser takes for the opposite of another's. */
function isNegated(arg: string | undefined): boolean {
  return arg?.startsWith("--no-") === true;
}

function takesText(arg = "", specs: readonly OptionSpec[]): boolean {
  return specs.some((option) => option.value !== undefined && namesOf(option).includes(arg));
}
