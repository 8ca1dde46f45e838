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
  /** The working directory. */
  readonly cwd: string;
}

/** A shell. */
export interface AskedShell {
  readonly name: "bash" | "zsh" | "fish";
  /** What is offered for the last word, ascending. */
  readonly ask: (question: Question) => Promise<string[]>;
}

/** All that can be asked, installed or not. */
export const SHELLS: readonly AskedShell[] = [
  { name: "bash", ask: askBash },
  { name: "zsh", ask: askZsh },
  { name: "fish", ask: askFish },
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
async function askBash({ script, line, cwd }: Question): Promise<string[]> {
  const words = line.split(/ |(=)/).filter((word) => word !== undefined);
  const code = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' +
    'set -u; eval "$(complete -p flatfetch | sed "s/.*-F \\([^ ]*\\) .*/\\1/")"; ' +
    'printf "%s\\n" "${COMPREPLY[@]+"${COMPREPLY[@]}"}"';
  return offers(await run("bash", ["--norc", "-c", code, "bash", script, ...words], cwd));
}

async function askFish({ script, line, cwd }: Question): Promise<string[]> {
  const code = "source $argv[1]; complete -C $argv[2]";
  const lines = offers(await run("fish", ["--no-config", "-c", code, script, line], cwd));
  return lines.map((line) => line.replace(/\t.*/, "").replace(/^--[a-z-]+=/, ""));
}

/** Zsh completes on a terminal only; a child on one tells what is added to its list. */
async function askZsh({ script, line, cwd }: Question): Promise<string[]> {
  const output = await run("zsh", ["-f", "-c", ZSH, "zsh", script, line], cwd);
  return offers(Array.from(output.matchAll(/^<match>(.*?)\r?$/gm), ([, word]) => word).join("\n"));
}

const ZSH = `
zmodload zsh/zpty && zpty child zsh -f -i
tell() { zpty -w child "$1" }
tell "PS1=; autoload -Uz compinit; compinit -D -u; source \${(q)1}"
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
zpty -n -w child "$2"$'\\t'
zpty -r -m child output "*<end>*"
print -r -- "$output"
zpty -d child
`;

async function run(name: string, args: readonly string[], cwd: string): Promise<string> {
  const command = new Deno.Command(name, {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: cwd, TERM: "xterm", LANG: "C.UTF-8" },
    stdin: "null",
  });
  const { stdout, stderr } = await command.output();
  const errors = new TextDecoder().decode(stderr);
  if (errors !== "") throw new Error(`${name} complains: ${errors}`);
  return new TextDecoder().decode(stdout);
}

function offers(output: string): string[] {
  return [...new Set(output.split("\n"))].filter((line) => line !== "").sort();
}
