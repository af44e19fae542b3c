"""One job: reads a batch's CSV objects, writes one file. The same objects give the same bytes under the same key."""

from __future__ import annotations

from typing import Any

from datalake import datasets, documents, jobs, keys, log, transforms
from datalake.catalogue import Catalogue
from datalake.jobs import Jobs
from datalake.objects import Objects, in_order
from datalake.queues import sendable
from datalake.tables import Item


def run(document: Any, records: Jobs, catalogue: Catalogue, stage: Objects, request: str, seconds: float) -> dict[str, Any]:
    """Answers the job. A failure is recorded and not raised: Lambda would run it again behind the state machine's back."""
    found = documents.need(document, *documents.BATCH_MEMBERS, "transform", "columns", "date")
    batch, tries = found["batch"], documents.tries(found)
    with log.bound(batch=batch):
        claimed = records.claim(batch, tries, request, seconds)
        if claimed is None:
            log.warning("job is taken, finished or given up: not run", tries=tries)
            return {"id": jobs.identity(batch, tries), "ran": False}
        try:
            status, result = jobs.SUCCEEDED, produce(found, claimed, catalogue, stage)
        except Exception as error:  # Whatever the transform raises is the job's result.
            status, result = jobs.FAILED, {"reason": sendable(f"{type(error).__name__}: {error}")}
            log.failure("job failed", tries=tries, **result)
        if not records.finish(claimed, status, **result):
            log.warning("job was given to another request meanwhile", tries=tries)
        return {"id": claimed["job"]["id"], "ran": True, "status": status, **result}


def produce(document: Any, batch: Item, catalogue: Catalogue, stage: Objects) -> dict[str, Any]:
    """Answers `key`, `rows` and `bytes`."""
    transform = transforms.find_batch(document["transform"])
    columns = datasets.columns(document["columns"])
    sources = {keys.csv_key_of(identity): identity for identity in batch["items"]}
    bodies = dict(stage.read_all(in_order(sources)))
    # Asked after reading: an entry that is still the batch's now has had no newer content before, so neither had its line.
    mine = {entry["id"]: entry for entry in catalogue.of_batch(batch["items"], batch["id"])}
    for identity in sorted(set(batch["items"]) - mine.keys()):
        log.info("replaced since it was claimed", object=identity)
    body, rows = transform.combine(((key, text) for key, text in bodies.items() if sources[key] in mine), columns)
    target = f"{keys.partition(document['team'], document['dataset'], document['date'])}{batch['id']}{transform.suffix}"
    stage.write(target, body, transform.content_type)
    for identity, entry in sorted(mine.items()):
        with log.bound(correlationId=entry["correlation_id"]):
            log.info("written", object=identity, parquet=target)
    result = {"key": target, "rows": rows, "bytes": len(body)}
    log.info("job succeeded", objects=len(mine), **result)
    return result
