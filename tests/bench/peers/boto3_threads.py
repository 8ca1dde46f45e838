"""One symbol's bars by boto3 and twenty threads: what users run today.

    boto3_threads.py ENDPOINT FOLDER TICKER {csv|bytes}

`csv` reads every row with csv.DictReader; `bytes` searches the inflated text. The rows go to
FOLDER/rows.csv.
"""
import csv
import gzip
import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

endpoint, folder, ticker, way = sys.argv[1:]
client = boto3.client(
    "s3",
    endpoint_url=endpoint,
    region_name="us-east-1",
    config=Config(max_pool_connections=20, s3={"addressing_style": "path"}),
)


def rows_of(text):
    if way == "csv":
        reader = csv.DictReader(io.StringIO(text.decode()))
        return [",".join(row.values()) for row in reader if row["ticker"] == ticker]
    found, needle, at = [], b"\n" + ticker.encode() + b",", 0
    while (at := text.find(needle, at)) != -1:
        end = text.index(b"\n", at + 1)
        found.append(text[at + 1 : end].decode())
        at = end
    return found


def fetch(item):
    body = client.get_object(Bucket="flatfiles", Key=item["Key"])["Body"].read()
    if len(body) != item["Size"]:
        raise ValueError("short " + item["Key"])
    return rows_of(gzip.decompress(body))


pages = client.get_paginator("list_objects_v2").paginate(
    Bucket="flatfiles", Prefix="us_stocks_sip/day_aggs_v1/"
)
items = [item for page in pages for item in page.get("Contents", [])]
with ThreadPoolExecutor(20) as pool:
    rows = [row for found in pool.map(fetch, items) for row in found]
with open(os.path.join(folder, "rows.csv"), "w") as out:
    out.writelines(row + "\n" for row in rows)
