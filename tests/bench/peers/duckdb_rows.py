"""One symbol's bars out of downloaded files by DuckDB.

    duckdb_rows.py FOLDER TICKER

The rows go to FOLDER/rows.csv.
"""
import sys

import duckdb

folder, ticker = sys.argv[1:]
rows = f"SELECT * FROM read_csv('{folder}/**/*.csv.gz') WHERE ticker = '{ticker}'"
duckdb.sql(f"COPY ({rows} ORDER BY window_start) TO '{folder}/rows.csv' (HEADER false)")
