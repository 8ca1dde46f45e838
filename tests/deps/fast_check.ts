/**
 * Property-based testing; tests import it as `fast-check`.
 *
 * @module
 */

export { default } from "npm:fast-check@4.10.2";
