"""Turns JSON records into CSV line objects, one for one. The same object twice gives the same one CSV object."""

from __future__ import annotations

from typing import Any

from datalake import config, events, log, transforms
from datalake.errors import InvalidInput, problem
from datalake.invocation import handler as invocation
from datalake.objects import ObjectMissing, Objects

TARGET_PREFIX = "csv/"


@invocation
def handler(event: Any, context: Any) -> dict[str, list[str]]:
    """Takes an S3 event; answers the keys written and the keys skipped because their object is gone.

    With several records in one event a bad one does not stop the others; the invocation fails after the last.
    """
    settings = config.read(
        stage=config.Text("STAGE_BUCKET"),
        transform=config.Text("TRANSFORM"),
        most=config.Whole("MAX_OBJECT_BYTES", default=1_000_000, least=1, most=100_000_000),
    )
    transform = transforms.find(settings.transform)
    stage = Objects(settings.stage)
    written: list[str] = []
    skipped: list[str] = []
    failures: list[Exception] = []
    for reference in events.objects(event):
        source = f"s3://{reference.bucket}/{reference.key}"
        try:
            target = target_key(reference.key)
            line = transform.line(Objects(reference.bucket).read(reference.key, settings.most))
            stage.write(target, line, "text/csv; charset=utf-8")
        except ObjectMissing:
            # Deleted between the event and now: there is nothing to convert, and trying again would not help.
            log.warning("object is gone", source=source)
            skipped.append(reference.key)
        except Exception as error:  # Counted and raised below, whatever it is.
            log.error("not converted", source=source, error=type(error).__name__, reason=str(error))
            failures.append(error)
        else:
            log.info("converted", source=source, target=target, bytes=len(line))
            written.append(target)
    if failures:
        raise failures[0]
    return {"written": written, "skipped": skipped}


def target_key(key: str) -> str:
    """`meteorites/aachen.json` becomes `csv/meteorites/aachen.csv`: two raw objects never share a target."""
    if not key.endswith(".json"):
        raise InvalidInput([problem("key", key, "a key that ends in .json is allowed")], "Correct the trigger's suffix.")
    return f"{TARGET_PREFIX}{key[: -len('.json')]}.csv"
