"""Downloaded files as Parquet by DuckDB, rows in their order, zstd.

    duckdb_export.py FOLDER each|month

From FOLDER/csv to FOLDER/lake: a file for each, or for each month.
"""
import glob
import os
import sys

import duckdb

folder, by = sys.argv[1:]
os.makedirs(f"{folder}/lake", exist_ok=True)
paths = sorted(glob.glob(f"{folder}/csv/**/*.csv.gz", recursive=True))
groups = {}
for path in paths:
    date = os.path.basename(path)[:10]
    groups.setdefault(date if by == "each" else date[:7], []).append(path)
for name, files in groups.items():
    listed = ", ".join(f"'{file}'" for file in files)
    duckdb.sql(
        f"COPY (SELECT * FROM read_csv([{listed}], header = true)) "
        f"TO '{folder}/lake/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)"
    )
