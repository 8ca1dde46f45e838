/**
 * The shells of this machine, asked what they complete.
 *
 * @module
 */

/** What a shell is asked. */
export interface Question {
  /** The path of the script with the completions. */
  readonly script: string;
  /** The line, with the cursor at its end. */
  readonly line: string;
  /** The working directory, and the home. */
  readonly cwd: string;
  /** Variables. */
  readonly env: Readonly<Record<string, string>>;
  /** What stands in the shell's start-up file before the script. */
  readonly setUp?: string;
}

/** A shell. */
export interface AskedShell {
  readonly name: "bash" | "zsh" | "fish";
  /** A line of its start-up file: `flatfetch` is another command. */
  readonly alias: (command: string) => string;
  /** What is offered for the last word, ascending. */
  readonly ask: (question: Question) => Promise<string[]>;
}

/** All that can be asked, installed or not. */
export const SHELLS: readonly AskedShell[] = [
  {
    name: "bash",
    alias: (command) => `shopt -s expand_aliases; alias flatfetch='${command}'`,
    ask: askBash,
  },
  {
    name: "zsh",
    alias: (command) => `setopt complete_aliases; alias flatfetch='${command}'`,
    ask: askZsh,
  },
  { name: "fish", alias: (command) => `alias flatfetch '${command}'`, ask: askFish },
];

/** Whether this machine has the shell. */
export async function isInstalled({ name }: AskedShell): Promise<boolean> {
  try {
    return (await new Deno.Command(name, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** Bash hands the words over as it does: split at spaces, and at `=` as well. */
async function askBash({ line, ...question }: Question): Promise<string[]> {
  const words = line.split(/ |(=)/).filter((word) => word !== undefined);
  const code = 'eval "$1"; source "$2"; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' +
    'set -u; eval "$(complete -p flatfetch | sed "s/.*-F \\([^ ]*\\) .*/\\1/")"; ' +
    'printf "%s\\n" "${COMPREPLY[@]+"${COMPREPLY[@]}"}"';
  return offers(await run("bash", ["--norc", "-c", code, "bash"], words, question));
}

async function askFish({ line, ...question }: Question): Promise<string[]> {
  const code = "eval $argv[1]; source $argv[2]; complete -C $argv[3]";
  const lines = offers(await run("fish", ["--no-config", "-c", code], [line], question));
  return lines.map((line) => line.replace(/\t.*/, "").replace(/^--[a-z-]+=/, ""));
}

/** Zsh completes on a terminal only; a child on one tells what is added to its list. */
async function askZsh({ line, ...question }: Question): Promise<string[]> {
  const output = await run("zsh", ["-f", "-c", ZSH, "zsh"], [line], question);
  return offers(Array.from(output.matchAll(/^<match>(.*?)\r?$/gm), ([, word]) => word).join("\n"));
}

const ZSH = `
zmodload zsh/zpty && zpty child zsh -f -i
tell() { zpty -w child "$1" }
tell "PS1=; autoload -Uz compinit; compinit -C -d ~/.zcompdump; $1; source \${(q)2}"
tell 'compadd() {
  [[ \${@[1,(i)(-|--)]} == *-[OAD]\\ * ]] && { builtin compadd "$@"; return }
  local -a found
  builtin compadd -A found "$@"
  print -l -- "<match>"\${^found}
  builtin compadd "$@"
}'
tell 'zle -C list complete-word _main_complete'
tell 'ask() { print; zle list; print "<end>"; zle kill-buffer }; zle -N ask; bindkey "^I" ask'
tell 'print "<""ready>"'
zpty -r -m child output "*<ready>*" >/dev/null
zpty -n -w child "$3"$'\\t'
zpty -r -m child output "*<end>*"
print -r -- "$output"
zpty -d child
`;

async function run(
  shell: string,
  args: readonly string[],
  words: readonly string[],
  { setUp = "", script, cwd, env }: Omit<Question, "line">,
): Promise<string> {
  const command = new Deno.Command(shell, {
    args: [...args, setUp, script, ...words],
    cwd,
    clearEnv: true,
    env: { ...env, HOME: cwd, TERM: "xterm", LANG: "C.UTF-8" },
    stdin: "null",
  });
  const { stdout, stderr } = await command.output();
  const errors = new TextDecoder().decode(stderr);
  if (errors !== "") throw new Error(`${shell} complains: ${errors}`);
  return new TextDecoder().decode(stdout);
}

function offers(output: string): string[] {
  return [...new Set(output.split("\n"))].filter((line) => line !== "").sort();
}
