/**
 * Writing of Parquet files, and of structures in Thrift's compact form.
 *
 * @module
 */

export { ByteWriter, ParquetWriter } from "npm:hyparquet-writer@0.17.0";
export { serializeTCompactProtocol } from "npm:hyparquet-writer@0.17.0/src/thrift.js";
