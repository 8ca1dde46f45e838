/**
 * TypeScript's parser and scopes, by which tests read the sources.
 *
 * @module
 */

export { default } from "npm:typescript@5.9.3";
