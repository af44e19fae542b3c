"""Stage B: makes the day of a finished file a partition of the dataset's table."""

from __future__ import annotations

from typing import Any

from datalake import config, documents, keys, log
from datalake.invocation import handler as invocation
from datalake.partitions import Partitions


@invocation
def handler(event: Any, context: Any) -> dict[str, Any]:
    settings = config.read(database=config.Text("CATALOG_DATABASE"), stage=config.Text("STAGE_BUCKET"))
    found = documents.need(event, "team", "dataset", "date")
    return crawl(found, Partitions(settings.database, keys.table(found["team"], found["dataset"])), settings.stage)


def crawl(document: Any, partitions: Partitions, bucket: str) -> dict[str, Any]:
    """Adds `partition`. The second batch of a day finds its partition there; that is as it should be."""
    date = document["date"]
    location = f"s3://{bucket}/{keys.partition(document['team'], document['dataset'], date)}"
    new = partitions.register(date, location)
    partition = {"database": partitions.database, "table": partitions.table, "date": date, "location": location}
    log.info("partition registered" if new else "partition is there", batch=document.get("batch"), **partition)
    return {**document, "partition": partition}
