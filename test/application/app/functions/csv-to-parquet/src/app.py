"""Turns CSV objects into a Parquet file: for the messages of a queue, or called directly with one request."""

from __future__ import annotations

from typing import Any

from convert import Conversion
from datalake import config, events, transforms
from datalake.invocation import handler as invocation
from datalake.objects import Objects


@invocation
def handler(event: Any, context: Any) -> dict[str, Any]:
    """A batch of a queue answers the messages that failed; a direct call answers what was written, or fails.

    Message and direct call have the same form: `{"prefix": "csv/…", "target": "parquet/….parquet"}`, or `keys` with a
    list of CSV objects in the place of `prefix`.
    """
    settings = config.read(stage=config.Text("STAGE_BUCKET"), transform=config.Text("TRANSFORM"))
    conversion = Conversion(Objects(settings.stage), transforms.find(settings.transform).columns)
    if events.is_batch(event):
        return events.each_message(event, conversion.run)
    return conversion.run(event)
