"""Starts state machine A for every object that was announced, once for each."""

from __future__ import annotations

from typing import Any

from datalake import config, documents, events, log
from datalake.invocation import handler as invocation
from datalake.machines import StateMachine


@invocation
def handler(event: Any, context: Any) -> dict[str, Any]:
    """Takes a batch of stage A's queue; answers the messages that failed."""
    settings = config.read(machine=config.Text("STATE_MACHINE_ARN"))
    machine = StateMachine(settings.machine)
    return events.each_message(event, lambda body: start(body, machine))


def start(body: Any, machine: StateMachine) -> None:
    message = documents.object_message(body)
    name = documents.execution_name(message)
    new = machine.start(name, message)
    log.info("started" if new else "started before", object=documents.object_id(message), execution=name)
