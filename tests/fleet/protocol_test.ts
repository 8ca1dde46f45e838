import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  decodeOutcome,
  decodeTask,
  describeJob,
  encodeOutcome,
  encodeTask,
  jobId,
  jobOf,
  namesOf,
  type Outcome,
} from "../../lib/fleet/protocol.ts";

const TASK = {
  key: "us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz",
  bytes: 7,
  work: { a: 1 },
};

Deno.test("encodeTask() gives one ID to one task, and decodeTask() the task again", () => {
  const { id, text } = encodeTask(TASK);
  assertEquals(decodeTask(text), { ...TASK, id });
  assertEquals(encodeTask({ ...TASK }).id, id);
  for (const other of [{ key: "k" }, { bytes: 8 }, { work: { a: 2 } }]) {
    assertNotEquals(encodeTask({ ...TASK, ...other }).id, id);
  }
});

Deno.test("decodeTask() refuses what is no task of this version", () => {
  const texts = [
    "",
    "null",
    "[]",
    "{",
    encodeTask(TASK).text.replace('"version":1', '"version":2'),
  ];
  for (const text of texts) assertThrows(() => decodeTask(text), SyntaxError);
  for (const field of ["key", "bytes", "work"]) {
    assertThrows(
      () => decodeTask(JSON.stringify({ version: 1, ...TASK, [field]: null })),
      SyntaxError,
    );
  }
});

Deno.test("decodeOutcome() gives what encodeOutcome() was given, and nothing for what is none", () => {
  const outcome: Outcome = {
    ...{ id: "i", key: "k", status: "failed", bytes: 1, rows: 0, worker: "w" },
    ...{ reason: "because", isTemporary: true, wasThere: false, fromCache: 2, bytesDownloaded: 3 },
  };
  assertEquals(decodeOutcome(encodeOutcome(outcome)), outcome);
  const { reason: _, isTemporary: __, ...done } = { ...outcome, status: "done" as const };
  assertEquals(decodeOutcome(encodeOutcome(done)), {
    ...done,
    reason: undefined,
    isTemporary: false,
  });
  for (const field of ["id", "key", "status", "bytes", "rows", "worker"]) {
    assertEquals(
      decodeOutcome(encodeOutcome({ ...outcome, [field]: undefined })),
      undefined,
      field,
    );
  }
});

Deno.test("jobOf() reads a job out of its stream's description, and no other stream", () => {
  const job = { id: jobId(["what", "where"]), title: "t", wants: { files: "f" }, atOnce: 20 };
  const { tasks } = namesOf(job.id);
  assertEquals(jobOf(tasks, describeJob(job)), job);
  assertEquals(jobOf(tasks, undefined), undefined);
  assertEquals(jobOf("OTHER", describeJob(job)), undefined);
  assertEquals(jobOf(tasks, '{"version":2,"title":"t","atOnce":1}'), undefined);
});
