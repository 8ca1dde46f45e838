/**
 * Outputs: writers that are killed or come two at once, full disks, and places that are no
 * files. Devices are nodes, and disks are mounted, in folders of these proofs' own alone.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { mix, unit } from "../../fixtures/random.ts";
import { namesIn, works } from "../cache/samples.ts";
import { IN_SPAN, Place, ROOT } from "../process/place.ts";
import { Program } from "../process/program.ts";

/** What was counted. */
export interface OutputsReport {
  /** Killed writers; those that left the old file, the new one, and an unfinished one beside. */
  killed: number;
  old: number;
  new: number;
  unfinished: number;
  /** Pairs of writers of one file, of which both ended well. */
  pairs: number;
  /** Runs that were told of a full disk, behind a file and behind standard output. */
  full: number;
  /** Places that are no plain files, each in each format. */
  places: number;
}

/** How much is played. */
export interface OutputsPlay {
  /** Killed writers. */
  readonly rounds: number;
  readonly seed: number;
  /** Pairs of writers, of each format. */
  readonly pairs: number;
  /** Disks that may be too small, by their KiB. */
  readonly disks: readonly number[];
  readonly formats: readonly string[];
}

/** Plays all; throws where one ends otherwise than it must. */
export async function playOutputs(
  { rounds, seed, pairs, disks, formats }: OutputsPlay,
): Promise<OutputsReport> {
  const report = {
    ...{ killed: 0, old: 0, new: 0, unfinished: 0 },
    ...{ pairs: 0, full: 0, places: 0 },
  };
  await using outputs = await Outputs.open(formats);
  for (let round = 0; round < rounds; round++) {
    await outputs.kill(formats[round % formats.length]!, { round, seed }, report);
  }
  for (const format of formats) {
    for (let pair = 0; pair < pairs; pair++) await outputs.pair(format, report);
    await outputs.places(format, report);
  }
  await outputs.fullDisk(disks, report);
  return report;
}

/** A cache that has all bars, and the program that only writes them. */
class Outputs implements AsyncDisposable {
  readonly #place: Place;
  readonly #folder: string;
  readonly #expected = new Map<string, Uint8Array>();

  private constructor(place: Place) {
    this.#place = place;
    this.#folder = `${place.home}/outputs`;
  }

  static async open(formats: readonly string[]): Promise<Outputs> {
    const outputs = new Outputs(await Place.open());
    await Deno.mkdir(outputs.#folder);
    const symbols = outputs.#place.files.tickers.join("\n");
    await Deno.writeTextFile(`${outputs.#place.home}/symbols`, symbols);
    for (const format of formats) {
      const path = `${outputs.#place.home}/expected.${format}`;
      await outputs.#shell(`flatfetch -f ${format} -o '${path}'`, 7);
      outputs.#expected.set(format, await Deno.readFile(path));
    }
    return outputs;
  }

  /** Kills a writer at a moment of its writing; the next one leaves its file and nothing else. */
  async kill(
    format: string,
    { round, seed }: { round: number; seed: number },
    report: OutputsReport,
  ): Promise<void> {
    const path = `${this.#folder}/x.${format}`;
    await Deno.writeTextFile(path, "old");
    using watcher = Deno.watchFs(this.#folder, { recursive: false });
    await using run = this.#start(`exec ${this.#program} -f ${format} -o '${path}'`);
    await Promise.race([run.ended, unfinished(watcher)]);
    await new Promise((resolve) => setTimeout(resolve, unit(mix(seed, round), 0) * 8));
    run.kill("SIGKILL");
    await run.ended;
    report.killed++;
    const left = await namesIn(this.#folder);
    report.unfinished += left.filter((name) => name.endsWith(".tmp")).length;
    const isOld = (await Deno.readFile(path)).length === 3;
    report[isOld ? "old" : "new"]++;
    if (!isOld) await this.#assertWhole(path, format);
    await this.#shell(`flatfetch -f ${format} -o '${path}'`, 7);
    await this.#assertWhole(path, format);
    assertEquals(await namesIn(this.#folder), [`x.${format}`], `round ${round}`);
    await Deno.remove(path);
  }

  /** Two writers of one file at once: neither takes the other's unfinished file away. */
  async pair(format: string, report: OutputsReport): Promise<void> {
    const path = `${this.#folder}/x.${format}`;
    const write = `flatfetch -f ${format} -o '${path}'`;
    await this.#shell(`${write} & a=$!; ${write}; b=$?; wait $a; exit $(($? * 8 + b))`, 63);
    await this.#assertWhole(path, format);
    assertEquals(await namesIn(this.#folder), [`x.${format}`]);
    report.pairs++;
    await Deno.remove(path);
  }

  /** Everything that a name can lead to beside a plain file; each stays what it is. */
  async places(format: string, report: OutputsReport): Promise<void> {
    const write = (to: string) => `{ flatfetch -f ${format} -o ${to} || test $? = 7; }`;
    const lines: Readonly<Record<string, string>> = {
      "a FIFO": `mkfifo p; cat p >got & ${write("p")}; wait; test -p p`,
      "a link to a FIFO": `mkfifo p; ln -s p l; cat p >got & ${
        write("l")
      }; wait; test -L l -a -p p`,
      "a shell's pipe": `${write(">(cat >got)")}; wait $!`,
      "standard output": `${write("/dev/stdout")} | cat >got`,
      "a descriptor": `${write("/dev/fd/5")} 5>got`,
      "a slow non-blocking pipe":
        `perl -e '${NON_BLOCKING}' ${this.#program} -f ${format} -o - | ` +
        "{ sleep 1; cat >got; }",
      "a chain of links": `ln -s got b; ln -s b a; ${write("a")}; test -L a -a -L b -a ! -L got`,
      "a hard link": `echo old >got; ln got b; ${write("b")}; cmp b got`,
      "a mount point": `echo old >got; echo old >m; unshare -m sh -c ` +
        `"mount --bind got m; ${this.#program} -f ${format} -o m || test \\$? = 7"; test -f m`,
      "a sink": `mknod sink c 1 3; ${
        write("sink")
      }; test -c sink; flatfetch -f ${format} -o got || true`,
    };
    for (const [what, line] of Object.entries(lines)) {
      await this.#shell(`set -e; cd '${this.#folder}'; ${line}`, 0, `${format} to ${what}`);
      await this.#assertWhole(`${this.#folder}/got`, format, `${format} to ${what}`);
      const names = await namesIn(this.#folder);
      assert(!names.some((name) => name.endsWith(".tmp")), `${format} to ${what}: ${names}`);
      for (const name of names) await Deno.remove(`${this.#folder}/${name}`);
      report.places++;
    }
  }

  /** A disk that is too small by more or less: the old file stays, and nothing beside it. */
  async fullDisk(disks: readonly number[], report: OutputsReport): Promise<void> {
    assert(works("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", this.#folder), "mount");
    try {
      for (const size of disks) {
        assert(works("mount", "-o", `remount,size=${size}k`, this.#folder));
        for (const format of this.#expected.keys()) {
          const path = `${this.#folder}/x.${format}`;
          await Deno.writeTextFile(path, "old");
          for (const line of [`-o '${path}'`, `-o - >'${path}.out'`]) {
            await using run = this.#start(`flatfetch -f ${format} ${line}`);
            const { code, stderr } = await run.ended;
            if (code === 7) continue;
            assertEquals(code, 6, stderr);
            assertMatch(
              stderr,
              /^❌ Cannot write (".*"|to standard output): No space left on device$/m,
            );
            assertMatch(stderr, /^ {3}(Choose another place|Free some space)/m);
            report.full++;
          }
          const isOld = (await Deno.readFile(path)).length === 3;
          if (!isOld) await this.#assertWhole(path, format);
          assert(!(await namesIn(this.#folder)).some((name) => name.endsWith(".tmp")));
          for (const name of await namesIn(this.#folder)) {
            await Deno.remove(`${this.#folder}/${name}`);
          }
        }
      }
    } finally {
      assert(works("umount", this.#folder), "umount");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#place[Symbol.asyncDispose]();
  }

  /** The program with all symbols, two of which have no bars in the span. */
  get #program(): string {
    return `'${Deno.execPath()}' run -A --quiet --cached-only '${ROOT}cli.ts' ` +
      `--symbols '${this.#place.home}/symbols' ${IN_SPAN.join(" ")} --quiet`;
  }

  async #assertWhole(path: string, format: string, what = path): Promise<void> {
    const [bytes, expected] = [await Deno.readFile(path), this.#expected.get(format)!];
    const isSame = bytes.toHex() === expected.toHex();
    assert(isSame, `${what}: ${bytes.length} bytes, want these ${expected.length}`);
  }

  #start(line: string): Program {
    const program =
      `program() { '${Deno.execPath()}' run -A --quiet --cached-only '${ROOT}cli.ts' "$@"; };`;
    return Program.start("bash", {
      args: ["-c", `${program} flatfetch() { ${this.#program} "$@"; }; ${line}`],
      env: { ...this.#place.env, FLATFETCH_CACHE_DIR: this.#place.cache().directory.path },
    });
  }

  async #shell(line: string, exitCode: number, what = line): Promise<void> {
    await using run = this.#start(line);
    const { code, stderr } = await run.ended;
    assertEquals(code, exitCode, `${what}: ${stderr}`);
  }
}

/** Makes standard output non-blocking and becomes the command behind it. */
const NON_BLOCKING = "use Fcntl; fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); exec @ARGV";

/** The writing begins: the first unfinished file that is made tries the folder alone. */
async function unfinished(watcher: Deno.FsWatcher): Promise<void> {
  const seen = new Set<string>();
  for await (const { paths } of watcher) {
    for (const path of paths.filter((path) => path.endsWith(".tmp"))) seen.add(path);
    if (seen.size > 1) return;
  }
}
