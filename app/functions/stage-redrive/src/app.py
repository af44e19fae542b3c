"""Puts the messages of a stage's dead-letter queue back; one function a stage, which differ in their environment."""

from __future__ import annotations

from typing import Any

import putback
from datalake import aws, config, log
from datalake.invocation import handler


def redrive(event: Any, context: Any) -> dict[str, Any]:
    """Takes `{}`, `{"dryRun": true}`, `{"force": true}`, `{"max": 100}`; answers how many went back and how many stay."""
    settings = config.read(
        queue=config.Text("QUEUE_URL"),
        dead_letters=config.Text("DEAD_LETTERS_URL"),
        limit=config.Whole("MAX_REDRIVES", default=3, least=0, most=100),
    )
    return putback.run(
        event,
        aws.client("sqs"),
        dead_letters=settings.dead_letters,
        queue=settings.queue,
        limit=settings.limit,
        count_in_body=True,
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
        say=log.info,
    )


stage_a = handler(redrive)
stage_b = handler(redrive)
