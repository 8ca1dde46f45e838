/**
 * Writing of Parquet files.
 *
 * @module
 */

export { ByteWriter, ParquetWriter } from "npm:hyparquet-writer@0.17.0";
