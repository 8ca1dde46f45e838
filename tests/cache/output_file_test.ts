import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { lastPart, temporaryPath } from "../../lib/cache/atomic_file.ts";
import { checkOutputFolder, OutputFile } from "../../lib/cache/output_file.ts";
import { StorageError } from "../../lib/errors.ts";
import { FailingDisk } from "./failing_disk.ts";
import { namesIn, withDirectory, works } from "./samples.ts";

const ignore = Deno.build.os === "windows";
const isRoot = Deno.uid() === 0;

const NEW = "symbol,date\nA,2024-03-07\n";

function* chunksOf(text: string) {
  for (const part of text.match(/.{1,10}/gs) ?? []) yield new TextEncoder().encode(part);
}

async function write(path: string, text = NEW): Promise<void> {
  using file = await OutputFile.open(path);
  await file.write(chunksOf(text));
}

const read = (path: string) => Deno.readTextFile(path);

Deno.test({
  name: "OutputFile replaces the file behind every symbolic link, and the links stay",
  ignore,
  fn: async () => {
    await withDirectory(async (directory) => {
      await Deno.mkdir(`${directory}/far/deep`, { recursive: true });
      await Deno.symlink("far/deep", `${directory}/folder`);
      const links: readonly [name: string, text: string, target: string][] = [
        ["plain", "far/a.csv", "far/a.csv"],
        ["full", `${directory}/far/b.csv`, "far/b.csv"],
        ["chain", "plain", "far/a.csv"],
        ["dangling", "far/new.csv", "far/new.csv"],
        ["far/up", "../top.csv", "top.csv"],
        ["far/deep/up", "../c.csv", "far/c.csv"],
        ["through", "folder/d.csv", "far/deep/d.csv"],
        ["folder/e", "../e.csv", "far/e.csv"],
      ];
      for (const [name, text, target] of links) {
        await Deno.symlink(text, `${directory}/${name}`);
        for (const content of ["first", NEW]) {
          await write(`${directory}/${name}`, content);
          assertEquals(await read(`${directory}/${target}`), content, name);
          assertEquals((await Deno.lstat(`${directory}/${target}`)).isFile, true);
        }
        assertEquals(await Deno.readLink(`${directory}/${name}`), text);
      }
      assertEquals(await namesIn(`${directory}/far`), [
        ...["a.csv", "b.csv", "c.csv", "deep", "e.csv", "new.csv", "up"],
      ]);
    });
  },
});

Deno.test({
  name: "OutputFile and checkOutputFolder() refuse what cannot be written, and change nothing",
  ignore,
  fn: async () => {
    await withDirectory(async (directory) => {
      const at = (name: string) => `${directory}/${name}`;
      await Deno.mkdir(at("folder"));
      await Deno.writeTextFile(at("file"), "old");
      await Deno.symlink("loop2", at("loop1"));
      await Deno.symlink("loop1", at("loop2"));
      await Deno.symlink("none/x.csv", at("lost"));
      await Deno.symlink("folder", at("link"));
      await Deno.symlink("nothing", at("dangling"));
      using _socket = Deno.listen({ transport: "unix", path: at("socket") });
      const names = await namesIn(directory);
      const refused: Readonly<Record<string, string>> = {
        "folder": "it is a directory",
        "folder/": "it is a directory",
        "folder/..": "it is a directory",
        "link": "it is a directory",
        "new/": "it names no file",
        "file/": "Not a directory",
        "file/x.csv": "Not a directory",
        "dangling/x.csv": `"${at("dangling")}" is a symbolic link to nothing`,
        "loop1": "Too many levels of symbolic links",
        "lost": "No such file or directory",
        "socket": "No such device or address",
        [`${"x".repeat(300)}.csv`]: "File name too long",
        [`${"x".repeat(252)}.csv`]: "File name too long",
      };
      for (const [name, why] of Object.entries(refused)) {
        const error = await assertRejects(() => OutputFile.open(at(name)), StorageError);
        assert(error.message.startsWith(`Cannot write "${at(name).slice(0, 199)}`), error.message);
        assert(error.message.endsWith(`": ${why}`), error.message);
      }
      for (const name of ["file", "file/x", "dangling", "loop1", "dangling/x/y"]) {
        await assertRejects(() => checkOutputFolder(at(name), []), StorageError, "write to");
      }
      const taken = () => checkOutputFolder(directory, ["new.csv", "folder"]);
      await assertRejects(taken, StorageError, `Cannot write "${at("folder")}"`);
      for (const name of ["folder/", "link", "a/b/c", ""]) await checkOutputFolder(at(name), ["x"]);
      assertEquals([await namesIn(directory), await read(at("file"))], [names, "old"]);
    });
  },
});

Deno.test("OutputFile makes missing folders when it is written, and not before", async () => {
  await withDirectory(async (directory) => {
    using file = await OutputFile.open(`${directory}/a/b/x.csv`);
    assertEquals(await namesIn(directory), []);
    await file.write(chunksOf(NEW));
    assertEquals(await read(`${directory}/a/b/x.csv`), NEW);
  });
});

Deno.test({
  name: "OutputFile gives a FIFO what comes, which stays one, and its reader the end",
  ignore,
  fn: async () => {
    await withDirectory(async (directory) => {
      const fifo = `${directory}/fifo`;
      assert(works("mkfifo", fifo));
      for (const text of [NEW, "", "x".repeat(200_000)]) {
        const [content] = await Promise.all([read(fifo), write(fifo, text)]);
        assertEquals(content, text);
      }
      assertEquals((await Deno.lstat(fifo)).isFifo, true);
      assertEquals(await namesIn(directory), ["fifo"]);
    });
  },
});

Deno.test({
  name: "OutputFile says nothing of a FIFO's reader that has gone",
  ignore,
  fn: async () => {
    await withDirectory(async (directory) => {
      const fifo = `${directory}/fifo`;
      assert(works("mkfifo", fifo));
      const [file, reader] = await Promise.all([OutputFile.open(fifo), Deno.open(fifo)]);
      reader.close();
      await file.write(chunksOf(NEW));
      file[Symbol.dispose]();
    });
  },
});

Deno.test({
  name: "OutputFile writes to devices, and links to them, which stay",
  ignore: ignore || !isRoot,
  fn: async () => {
    await withDirectory(async (directory) => {
      const [sink, full, link] = ["sink", "full", "link"].map((name) => `${directory}/${name}`);
      // Nodes of this test's own, so that nothing but them can be replaced.
      if (!works("mknod", sink!, "c", "1", "3") || !works("mknod", full!, "c", "1", "7")) return;
      await Deno.symlink("sink", link!);
      for (const path of [sink!, link!]) await write(path);
      const error = await assertRejects(() => write(full!), StorageError);
      assertEquals(error.message, `Cannot write "${full}": No space left on device`);
      assertEquals(error.code, "ENOSPC");
      for (const path of [sink!, full!]) assert((await Deno.lstat(path)).isCharDevice);
      assertEquals(await namesIn(directory), ["full", "link", "sink"]);
    });
  },
});

Deno.test({
  name: "OutputFile adds to a file that is known by a descriptor alone",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await withDirectory(async (directory) => {
      const path = `${directory}/file`;
      const script = fileURLToPath(new URL("./write_output.ts", import.meta.url));
      const argv = `run -A --no-check '${script}' /dev/fd/7`;
      const line = `{ echo before >&7; '${Deno.execPath()}' ${argv}; } 7> '${path}'`;
      assert(works("/bin/sh", "-c", line));
      assertEquals(await read(path), `before\nwritten\n`);
    });
  },
});

Deno.test({
  name: "OutputFile keeps mode, owner and further names of the file that it replaces",
  ignore,
  fn: async () => {
    await withDirectory(async (directory) => {
      const [path, other] = [`${directory}/x.csv`, `${directory}/other.csv`];
      await Deno.writeTextFile(path, "old");
      await Deno.chmod(path, 0o640);
      await write(path);
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
      await Deno.link(path, other);
      await write(path, "both");
      assertEquals([await read(path), await read(other)], ["both", "both"]);
      await Deno.remove(other);
      if (isRoot) {
        await Deno.chown(path, 12_345, 23_456);
        await write(path, NEW);
        const { uid, gid, mode } = await Deno.stat(path);
        assertEquals([uid, gid, mode! & 0o777], [12_345, 23_456, 0o640]);
      }
      assertEquals([await read(path), await namesIn(directory)], [isRoot ? NEW : "both", [
        "x.csv",
      ]]);
    });
  },
});

Deno.test({
  name: "OutputFile obeys the permissions of file and folder as a shell does",
  ignore: ignore || !isRoot,
  fn: async () => {
    await withDirectory(async (directory) => {
      await Deno.chmod(directory, 0o755);
      for (
        const [folder, mode] of [["open", 0o777], ["shut", 0o555], ["sticky", 0o1777]] as const
      ) {
        const at = `${directory}/${folder}`;
        await Deno.mkdir(at);
        for (const [name, mode] of [["any.csv", 0o666], ["no.csv", 0o444]] as const) {
          await Deno.writeTextFile(`${at}/${name}`, "old");
          await Deno.chmod(`${at}/${name}`, mode);
        }
        await Deno.chmod(at, mode);
      }
      const codes = Object.fromEntries(
        ["open", "shut", "sticky"].flatMap((folder) =>
          ["any.csv", "no.csv", "new.csv"].map((name) => `${folder}/${name}`)
        ).map((name) => [name, writeAsNobody(directory, name)]),
      );
      assertEquals(codes, {
        "open/any.csv": "written",
        "open/no.csv": "Permission denied",
        "open/new.csv": "written",
        "shut/any.csv": "written",
        "shut/no.csv": "Permission denied",
        "shut/new.csv": "Permission denied",
        "sticky/any.csv": "written",
        "sticky/no.csv": "Permission denied",
        "sticky/new.csv": "written",
      });
      assertEquals(await namesIn(`${directory}/shut`), ["any.csv", "no.csv"]);
      for (const folder of ["open", "shut", "sticky"]) {
        assertEquals(await read(`${directory}/${folder}/any.csv`), "written\n");
        assertEquals(await read(`${directory}/${folder}/no.csv`), "old");
      }
    });
  },
});

/** What a user who owns nothing here is told. */
function writeAsNobody(directory: string, name: string): string {
  const script = fileURLToPath(new URL("./write_output.ts", import.meta.url));
  const modules = `${directory}/modules`;
  Deno.mkdirSync(modules, { recursive: true });
  Deno.chmodSync(modules, 0o777);
  const { stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, `${directory}/${name}`],
    env: { DENO_DIR: modules, HOME: modules, PATH: "/usr/bin:/bin", NO_COLOR: "1" },
    clearEnv: true,
    uid: 65_534,
    gid: 65_534,
  }).outputSync();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

Deno.test("OutputFile sweeps what a killed writer of the same file left, and nothing else", async () => {
  await withDirectory(async (directory) => {
    const own = {
      ".x.csv.0000000a.tmp": NEW.slice(0, 20),
      ".x.csv.0000000b.tmp": "",
      ".x.csv.0000000c.tmp": "sym",
    };
    const others = {
      ".x.csv.0000000d.tmp": "my own notes",
      ".x.csv.0000000e.tmp": NEW,
      ".x.csv.0000000.tmp": NEW,
      ".x.csv.tmp": NEW,
      ".y.csv.0000000a.tmp": NEW,
      ".x.csv.0000000a.tmp.csv": NEW,
      "x.csv.0000000a.tmp": NEW,
      "target": NEW,
    };
    for (const [name, text] of Object.entries({ ...own, ...others })) {
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    await Deno.symlink("target", `${directory}/.x.csv.0000000f.tmp`);
    await Deno.mkdir(`${directory}/.x.csv.00000010.tmp`);
    using living = await Deno.open(`${directory}/.x.csv.0000000e.tmp`, { read: true, write: true });
    assert(await living.tryLock(true));
    await write(`${directory}/x.csv`);
    const left = [...Object.keys(others), ".x.csv.0000000f.tmp", ".x.csv.00000010.tmp", "x.csv"];
    assertEquals(await namesIn(directory), left.sort());
  });
});

Deno.test("OutputFile writes a name of 255 bytes, and sweeps what a killed writer of it left", async () => {
  await withDirectory(async (directory) => {
    const names = [`${"a".repeat(251)}.csv`, `${"é".repeat(125)}a.csv`, `${"a".repeat(238)}.csv`];
    for (const name of names) {
      const left = lastPart(temporaryPath(`${directory}/${name}`));
      await Deno.writeTextFile(`${directory}/${left}`, NEW.slice(0, 20));
      await write(`${directory}/${name}`);
    }
    assertEquals(await namesIn(directory), names.sort());
  });
});

Deno.test("OutputFile leaves the file and nothing beside it whichever disk call fails", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/x.csv`;
    for (let at = 0, isDone = false; !isDone; at++) {
      await Deno.writeTextFile(path, "old");
      await Deno.chmod(path, 0o640);
      using disk = new FailingDisk({ at, short: true });
      const error = await write(path).catch((error: unknown) => error);
      isDone = disk.calls <= at;
      assertEquals(error instanceof StorageError, !isDone, disk.names.join());
      const isReplaced = disk.names.includes("renameSync") && disk.names.at(-1) !== "renameSync";
      assertEquals(await read(path), isReplaced ? NEW : "old", disk.names.join());
      assertEquals(await namesIn(directory), ["x.csv"]);
    }
  });
});
