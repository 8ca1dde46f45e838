/**
 * The parts of a Parquet writer below its files: structures in Thrift's compact form, and runs.
 *
 * @module
 */

export { serializeTCompactProtocol } from "npm:hyparquet-writer@0.17.0/src/thrift.js";
