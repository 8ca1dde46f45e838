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
  /** Peak memory of the largest of its processes. */
  readonly peakMb: number;
}

/** Medians of several runs, and how far the wall times lie apart. */
export interface Measures extends Measure {
  readonly spread: number;
}

/** A program to run. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: "null" | "piped";
}

const TIME = "/usr/bin/time";

/** Runs a program to its end. Throws when it fails. */
export async function measure({ command, args, env = {} }: Invocation): Promise<Measure> {
  const report = await Deno.makeTempFile();
  const started = performance.now();
  const { success, stderr } = await new Deno.Command(TIME, {
    args: ["-f", "%U %S %M", "-o", report, command, ...args],
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const wallS = (performance.now() - started) / 1000;
  const text = await Deno.readTextFile(report);
  await Deno.remove(report);
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
  const [user, system, kilobytes] = text.trim().split("\n").at(-1)!.split(" ").map(Number);
  return { wallS, cpuS: user! + system!, peakMb: kilobytes! / 1024 };
}

/** Medians over the rounds, and the spread of the wall times relative to theirs. */
export function summarize(rounds: readonly Measure[]): Measures {
  const walls = rounds.map(({ wallS }) => wallS);
  const wallS = median(walls);
  return {
    wallS,
    cpuS: median(rounds.map(({ cpuS }) => cpuS)),
    peakMb: median(rounds.map(({ peakMb }) => peakMb)),
    spread: (Math.max(...walls) - Math.min(...walls)) / wallS,
  };
}

/** Whether a program can be started here. */
export async function isInstalled(command: string, args: readonly string[]): Promise<boolean> {
  try {
    const run = new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" });
    return (await run.output()).success;
  } catch {
    return false;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
