"""Downloaded files as Parquet by pandas, a file each, in some processes.

    pandas_export.py FOLDER PROCESSES
"""
import glob
import multiprocessing
import os
import sys

import pandas

folder, processes = sys.argv[1:]


def convert(path):
    name = os.path.basename(path)[:10]
    frame = pandas.read_csv(path, keep_default_na=False)
    frame.to_parquet(f"{folder}/lake/{name}.parquet", compression="zstd")


if __name__ == "__main__":
    os.makedirs(f"{folder}/lake", exist_ok=True)
    paths = sorted(glob.glob(f"{folder}/csv/**/*.csv.gz", recursive=True))
    with multiprocessing.Pool(int(processes)) as pool:
        pool.map(convert, paths, chunksize=1)
