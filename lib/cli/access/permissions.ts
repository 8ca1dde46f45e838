/**
 * What Deno lets the program do, and the questions that it puts to the user: where nobody can be
 * asked, or Deno was told not to ask, a request is refused without a prompt.
 *
 * @module
 */

/** Those of the environment variables that Deno keeps from the program. Asks nobody. */
export function hiddenOf(names: readonly string[]): string[] {
  const all = Deno.permissions.querySync({ name: "env" });
  // A question for each of fifty names takes longer. Partial: some are denied.
  if (all.state === "granted" && !all.partial) return [];
  return names.filter((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state !== "granted"
  );
}

/** Asks to read a path; whether the program may. */
export function requestRead(path: string): boolean {
  return isGranted({ name: "read", path });
}

/**
 * Asks to read and write the folder that a file is to be written to, so that there is no prompt
 * for each file beside it. What is refused then fails by itself and names the flag.
 */
export function requestFolderOf(path: string): void {
  requestFolder(/^(.*[/\\])?/.exec(path)![0] || ".");
}

/** Asks to read and write a folder; whether the program may. */
export function requestFolder(path: string): boolean {
  return isGranted({ name: "read", path }) && isGranted({ name: "write", path });
}

/** The cause of an error that is a folder which the program may not read and write. */
export function folderNotCapable(path: string): Error {
  return notCapable(Object.fromEntries(missingOf(path).map((kind) => [kind, [path]])));
}

/** Asks to connect to the host of an endpoint; one that is no URL is refused elsewhere. */
export function requestHost(endpoint: string): void {
  if (URL.canParse(endpoint)) isGranted({ name: "net", host: new URL(endpoint).host });
}

/** Asks to look at file systems. */
export function requestStatfs(): void {
  isGranted({ name: "sys", kind: "statfs" } as Deno.SysPermissionDescriptor);
}

/**
 * The cause of an error that is a missing permission; it is worded as Deno's own, and names the
 * flags.
 *
 * @param needs By the name of a permission, such as `env`, what is needed of it: variables, paths;
 * without any, all.
 */
export function notCapable(needs: Readonly<Record<string, readonly string[]>>): Error {
  const kinds = Object.entries(needs);
  const access = kinds.map(([kind, what]) =>
    what.length === 0 ? `${kind} access` : `${kind} access to "${what.join(",")}"`
  );
  const flags = kinds.map(([kind]) => `--allow-${kind}`);
  return new Deno.errors.NotCapable(
    `Requires ${access.join(" and ")}, run again with the ${flags.join(" and ")} flag`,
  );
}

/** Whether an error is a missing permission, or has one as its cause. */
export function lacksPermission(error: unknown): boolean {
  return permissionError(error) !== undefined;
}

/**
 * The flags that would have let an error not happen, such as `--allow-net=files.massive.com`. What
 * is written to is read as well, so that there both are named, as far as they are missing.
 */
export function missingFlags(error: unknown): string[] {
  const { message = "" } = permissionError(error) ?? {};
  const isOfWriting = /write access/.test(message) || /^Cannot write/.test(messageOf(error));
  const flags = Array.from(message.matchAll(/(\w+) access(?: to "([^"]*)")?/g)).flatMap(
    ([, kind, what]) => {
      if (!what) return [`--allow-${kind}`];
      const kinds = isOfWriting && /read|write/.test(kind!) ? missingOf(what) : [kind];
      return kinds.map((kind) => `--allow-${kind}=${what}`);
    },
  );
  return [...new Set(flags)];
}

/** What is not allowed of a path that is to be written. */
function missingOf(path: string): string[] {
  return (["read", "write"] as const).filter((name) =>
    Deno.permissions.querySync({ name, path }).state !== "granted"
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** Deno's own error; its message says what is needed. */
function permissionError(error: unknown): Error | undefined {
  if (error instanceof Deno.errors.NotCapable) return error;
  return error instanceof Error ? permissionError(error.cause) : undefined;
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.requestSync(permission).state === "granted";
}
