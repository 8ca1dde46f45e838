import { assert, assertEquals } from "@std/assert";
import { works } from "../cache/samples.ts";
import { playOutputs } from "./outputs.ts";

const ROUNDS = 5;

Deno.test({
  name:
    `outputs of ${ROUNDS} killed writers, of pairs, onto full disks and to what is no file are whole`,
  ignore: !works("unshare", "-m", "true") || !works("perl", "-e", "1"),
  fn: async () => {
    const play = { rounds: ROUNDS, seed: 1, pairs: 1, formats: ["csv", "parquet"] };
    const { killed, old, new: fresh, pairs, places, full } = await playOutputs(play);
    assertEquals([killed, old + fresh, pairs, places], [ROUNDS, ROUNDS, 2, 20]);
    assert(full > 5, `${full} disks were full`);
  },
});
