/**
 * Reading of Parquet files: their metadata, and structures in Thrift's compact form.
 *
 * @module
 */

export { parquetMetadata } from "npm:hyparquet@1.31.5/src/metadata.js";
export { deserializeTCompactProtocol, readVarInt } from "npm:hyparquet@1.31.5/src/thrift.js";
export { readRleBitPackedHybrid } from "npm:hyparquet@1.31.5/src/encoding.js";
