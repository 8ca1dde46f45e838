/**
 * Runs programs and measures them from outside.
 *
 * @module
 */

/** What one run of a program took. */
export interface Measure {
  readonly wallS: number;
  /** User and system time of the program and its children. */
  readonly cpuS: number;
  /** Peak memory of the largest of its processes, in millions of bytes. */
  readonly peakMb: number;
}

/** A program to run. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that has ended otherwise than well. */
export class ProgramError extends Error {
  readonly code: number;
  /** The first line that it said. */
  readonly firstLine: string;

  /** @param stderr what it said. */
  constructor({ command, args }: Invocation, code: number, stderr: string) {
    super(`${command} ${args.slice(0, 8).join(" ")} ended with ${code}: ${stderr.slice(-2_000)}`);
    this.code = code;
    this.firstLine = stderr.trim().split("\n", 1)[0]!;
  }
}

const TIME = "/usr/bin/time";

/**
 * Runs a program to its end.
 *
 * @returns what it took, and what it wrote to its standard output.
 * @throws {ProgramError} when it fails.
 */
export async function measure(
  invocation: Invocation,
): Promise<{ measure: Measure; stdout: string }> {
  const { command, args, env = {} } = invocation;
  const report = await Deno.makeTempFile();
  const started = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(TIME, {
    args: ["-f", "%U %S %M", "-o", report, command, ...args],
    env: { ...env },
    stdin: "null",
  }).output();
  const wallS = (performance.now() - started) / 1000;
  const text = await Deno.readTextFile(report);
  await Deno.remove(report);
  const decoder = new TextDecoder();
  if (code !== 0) throw new ProgramError(invocation, code, decoder.decode(stderr));
  const [user, system, kibibytes] = text.trim().split(" ").map(Number);
  const taken = { wallS, cpuS: user! + system!, peakMb: kibibytes! * 1024 / 1e6 };
  return { measure: taken, stdout: decoder.decode(stdout) };
}

/** Whether a program can be started here, and ends well. */
export async function isInstalled(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const run = new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" });
    return (await run.output()).success;
  } catch {
    return false;
  }
}
