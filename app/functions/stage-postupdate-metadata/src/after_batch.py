"""After a batch's Parquet file was registered: its objects are processed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from datalake import aws, documents, log
from datalake.batches import Batches
from datalake.catalogue import Catalogue


def finish_batch(document: Any, catalogue: Catalogue, batches: Batches) -> dict[str, Any]:
    """The history comes last: a batch that has succeeded has no entry left that says otherwise."""
    found = documents.need(document, "batch", "job", "execution")
    batch, tries, job = found["batch"], documents.tries(found), found["job"]
    record = batches.get(batch)
    if record is None:
        raise LookupError(f"there is no batch {batch!r}: its record has expired or was removed")
    items = record["items"]
    with ThreadPoolExecutor(max_workers=aws.CONNECTIONS) as pool:
        done = list(pool.map(lambda identity: catalogue.processed(identity, batch, job["key"]), items))
    for identity in (identity for identity, mine in zip(items, done) if not mine):
        log.info("taken over by another execution", object=identity, batch=batch)
    result = {"parquet_key": job["key"], "rows": job["rows"], "bytes": job["bytes"]}
    if batches.succeed(batch, tries, found["execution"]["startedAt"], **result):
        log.info("batch finished", batch=batch, objects=sum(done), **result)
    else:
        log.info("batch was put back since", batch=batch, tries=tries)
    return dict(found)
