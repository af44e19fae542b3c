"""Stage A, second step: turns a JSON object into a CSV line object. The same object twice gives the same bytes."""

from __future__ import annotations

from typing import Any

from datalake import config, documents, keys, log, transforms
from datalake.invocation import handler as invocation
from datalake.objects import ObjectReplaced, Objects


@invocation
def handler(event: Any, context: Any) -> dict[str, Any]:
    settings = config.read(
        stage=config.Text("STAGE_BUCKET"),
        most=config.Whole("MAX_OBJECT_BYTES", default=1_000_000, least=1, most=100_000_000),
    )
    return process(event, Objects(settings.stage), settings.most)


def process(document: Any, stage: Objects, most: int) -> dict[str, Any]:
    """Adds `csv`, the key of what it wrote; or `superseded`, if the object has other content by now.

    That content has a message of its own. To read it under this one would bring its row twice.
    """
    needed = documents.need(document, "bucket", "key", "etag", "transform")
    transform = transforms.find(needed["transform"])
    target = keys.csv_key(needed["key"])
    try:
        body = Objects(needed["bucket"]).read(needed["key"], most, needed["etag"])
    except ObjectReplaced:
        log.info("replaced before it was read", object=documents.object_id(needed))
        return {**needed, "superseded": True}
    line = transform.line(body)
    stage.write(target, line, "text/csv; charset=utf-8")
    log.info("converted", object=documents.object_id(needed), csv=target, bytes=len(line))
    return {**needed, "csv": target}
