import { assert, assertEquals } from "@std/assert";
import { works } from "../cache/samples.ts";
import { playOutputs } from "./outputs.ts";

const ROUNDS = 2;

Deno.test({
  name:
    `outputs of ${ROUNDS} killed writers, of a pair, onto full disks and to what is no file are whole`,
  ignore: !works("unshare", "-m", "true") || !works("perl", "-e", "1"),
  fn: async () => {
    const play = { rounds: ROUNDS, seed: 1, pairs: 1, disks: [16, 64, 512], formats: ["csv"] };
    const { killed, old, new: fresh, pairs, places, full } = await playOutputs(play);
    assertEquals([killed, old + fresh, pairs, places], [ROUNDS, ROUNDS, 1, 10]);
    assert(full > 2, `${full} disks were full`);
  },
});
