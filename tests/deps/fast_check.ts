/**
 * Property-based testing; tests import it as `fast-check`.
 *
 * @module
 */

// deno-lint-ignore no-import-prefix
import fc from "npm:fast-check@4.10.2";
import { drawsAnew } from "../share.ts";

// The same examples every day, so that what fails is what has changed; torture draws others.
if (!drawsAnew) fc.configureGlobal({ seed: 2_025 });

export default fc;
