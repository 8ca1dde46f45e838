/**
 * A reader of Parquet that is not this program's; tests import it as `hyparquet`.
 *
 * @module
 */

export { parquetMetadata, parquetReadObjects } from "npm:hyparquet@1.31.5";
