/**
 * A reader of XML that nobody here wrote; tests import it as `fast-xml-parser`.
 *
 * @module
 */

export { XMLParser } from "npm:fast-xml-parser@5.12.1";
