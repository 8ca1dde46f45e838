/**
 * Slurm on this machine alone: a controller and a node with a folder of their own.
 *
 * @module
 */

const PROGRAMS = ["slurmctld", "slurmd", "sbatch", "squeue"];

/** Why there is none here; empty when there is. */
export const slurmIsMissing: string = Deno.uid() !== 0
  ? " (skipped: slurmd wants to be root)"
  : PROGRAMS.every(isInstalled)
  ? ""
  : " (skipped: no Slurm; Debian has slurmctld and slurmd)";

function isInstalled(name: string): boolean {
  const folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${name}`).isFile;
    } catch {
      return false;
    }
  });
}

/** A running cluster; disposing ends its jobs and its daemons. */
export class Slurm implements AsyncDisposable {
  readonly #folder: string;
  readonly #daemons: Deno.ChildProcess[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts one of four places for jobs, in a folder. */
  static async start(folder: string): Promise<Slurm> {
    const slurm = new Slurm(folder);
    for (const name of ["state", "spool"]) await Deno.mkdir(`${folder}/${name}`);
    await Deno.writeTextFile(`${folder}/slurm.conf`, configuration(folder));
    await Deno.writeTextFile(`${folder}/plugstack.conf`, "");
    try {
      for (const line of [["slurmctld", "-D"], ["slurmd", "-D", "-N", "node"]]) slurm.#spawn(line);
      await slurm.until("sinfo -h -o %t", /^idle/);
      return slurm;
    } catch (error) {
      await slurm.#end();
      throw error;
    }
  }

  /** What a command of Slurm's prints; `undefined` when it fails, as while the controller is busy. */
  async run(
    line: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string | undefined> {
    const { success, stdout } = await this.#command(line, env, "piped").output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  }

  /**
   * Asks until the answer matches; Slurm tells nobody by itself.
   *
   * @param order is given before each look, since Slurm may take it back.
   */
  async until(line: string, pattern: RegExp, order?: readonly string[]): Promise<void> {
    for (let look = 0; look < 900; look++) {
      if (order !== undefined) await this.run(order);
      const printed = await this.run(line.split(" "));
      if (printed !== undefined && pattern.test(printed)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${line} never came to ${pattern}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(["scancel", "--signal=KILL", "--full", "--user=root"]);
    await this.run(["scancel", "--user=root"]);
    await this.until("squeue -h", /^\s*$/).finally(() => this.#end());
  }

  async #end(): Promise<void> {
    for (const daemon of this.#daemons.toReversed()) {
      daemon.kill("SIGTERM");
      await daemon.status;
    }
  }

  #spawn(line: readonly string[]): void {
    this.#daemons.push(this.#command(line, {}, "null").spawn());
  }

  #command(
    [program, ...args]: readonly string[],
    env: Readonly<Record<string, string>>,
    stdout: "piped" | "null",
  ): Deno.Command {
    const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const own = { PATH, SLURM_CONF: `${this.#folder}/slurm.conf` };
    return new Deno.Command(program!, {
      ...{ args, stdout, stderr: "null", stdin: "null", clearEnv: true },
      env: { ...env, ...own },
    });
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function configuration(folder: string): string {
  return `ClusterName=test
SlurmctldHost=${Deno.hostname()}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=1
SlurmctldPort=${freePort()}
SlurmdPort=${freePort()}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
MpiDefault=none
SwitchType=switch/none
MailProg=/bin/true
NodeName=node NodeHostname=${Deno.hostname()} NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=node Default=YES State=UP
`;
}
