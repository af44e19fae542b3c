"""The whole application in one process: handlers with the environment and the grants of their manifests, and nothing more."""

from __future__ import annotations

import functools
import json
import os
import re
import types
import uuid
from collections.abc import Callable
from typing import Any
from unittest import mock

import yaml

from testing.functions import FUNCTIONS, load
from testing.granted import Granted
from testing.lake import Lake, context

Document = dict[str, Any]


class Flow:
    """Functions by their names. `fail` maps a function to an exception that it raises instead of working."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.fail: dict[str, Exception] = {}
        self.used: dict[str, set[tuple[str, str]]] = {}
        self.answers: list[tuple[str, Any]] = []
        self._values = _references(lake)
        self._names = {value: reference.split(".")[0] for reference, value in self._values.items()}

    def invoke(self, name: str, event: Any, request: str | None = None, seconds: float = 60) -> Any:
        image, section = manifests()[name]
        if name in self.fail:
            raise self.fail[name]
        used = self.used.setdefault(name, set())
        clients = {service: Granted(service, client, grants(section), self._names, used) for service, client in self.lake.clients.items()}
        environment = {variable: self._resolve(value) for variable, value in section.get("environment", {}).items()}
        app = image_of(image)
        with mock.patch.dict(os.environ, environment, clear=True), _clients(app, section.get("layer", True), clients):
            handler = getattr(app, section.get("command", ["app.handler"])[0].partition(".")[2])
            # As JSON, because that is how it travels.
            answer = json.loads(json.dumps(handler(json.loads(json.dumps(event)), context(request or str(uuid.uuid4()), name, seconds))))
        self.answers.append((name, answer))
        return answer

    def stage_a(self, message: Document, name: str | None = None) -> Document:
        """State machine A on a message; answers its last document, with `failed` if it failed."""
        document = {**message, "execution": self._execution(name)}

        def work(step: Callable[..., Any]) -> Document:
            taken = step("stage-a-preupdate-metadata", document)
            return taken if taken["duplicate"] else step("stage-a-postupdate-metadata", step("stage-a-process-object", taken))

        return self._caught(work, document, "stage-a-error")

    def stage_b(self, message: Document, name: str | None = None) -> Document:
        """State machine B on a batch's document."""
        document = {**message, "execution": self._execution(name)}

        def work(step: Callable[..., Any]) -> Document:
            self._asynchronously(document)
            checked = step("stage-b-check-job", document)
            assert checked["job"]["status"] != "RUNNING"
            if checked["job"]["status"] == "FAILED":
                return {**step("stage-b-error", checked), "failed": True}
            return step("stage-b-postupdate-metadata", step("stage-b-crawl-data", checked))

        return self._caught(work, document, "stage-b-error")

    def run_started(self) -> list[Document]:
        """Runs the executions that were started since the last call."""
        fresh = {name: each for name, each in self.lake.machines.started.items() if not each.get("ran")}
        return [self._run(name, each) for name, each in fresh.items()]

    def _run(self, name: str, each: Document) -> Document:
        self.lake.machines.started[name]["ran"] = True
        return (self.stage_a if each["machine"] == "machine-a" else self.stage_b)(each["document"], name)

    def _asynchronously(self, document: Document) -> None:
        try:
            self.invoke("stage-b-process-data", document, seconds=120)
        except Exception as error:
            if "stage-b-process-data" not in self.fail:
                raise AssertionError("the job raised") from error

    def _caught(self, work: Callable[[Callable[..., Any]], Document], document: Document, error_function: str) -> Document:
        state = [document]

        def step(name: str, given: Document) -> Document:
            state[0] = given
            return self.invoke(name, given)

        try:
            return work(step)
        except Exception as error:
            cause = json.dumps({"errorMessage": str(error), "errorType": type(error).__name__})
            failed = {**state[0], "error": {"Error": type(error).__name__, "Cause": cause}}
            return {**self.invoke(error_function, failed), "failed": True}

    def _execution(self, name: str | None) -> Document:
        from datalake import clock

        name = name or str(uuid.uuid4())
        return {"id": f"arn:{name}", "name": name, "startedAt": clock.text(clock.now())}

    def _resolve(self, value: str) -> str:
        return re.sub(r"\$\{([^}]+)\}", lambda match: self._values[match[1]], value)


def grants(section: Document) -> dict[str, list[str]]:
    return {name: [access] if isinstance(access, str) else access for name, access in section.get("grants", {}).items()}


@functools.cache
def manifests() -> dict[str, tuple[str, Document]]:
    """Function to its image and its own section: what it says itself over what stands at the top."""
    found: dict[str, tuple[str, Document]] = {}
    for file in sorted(FUNCTIONS.glob("*/function.yaml")):
        top = yaml.safe_load(file.read_text())
        handlers = top.pop("handlers", None) or {file.parent.name: {}}
        for name, section in handlers.items():
            environment = {**top.get("environment", {}), **section.get("environment", {})}
            found[name] = (file.parent.name, {**top, **section, "environment": environment})
    return found


image_of = functools.cache(load)


def _clients(app: types.ModuleType, layer: bool, clients: dict[str, Any]) -> Any:
    from datalake import aws

    return mock.patch.object(aws if layer else app, "client", clients.__getitem__)


def _references(lake: Lake) -> dict[str, str]:
    def camel(name: str) -> str:
        first, *rest = name.split("_")
        return first + "".join(part.capitalize() for part in rest)

    return {
        "raw.name": "raw",
        "stage.name": "stage",
        "catalog.database": "lake",
        "stageAMachine.arn": "machine-a",
        "stageBMachine.arn": "machine-b",
        **{f"{name}.name": table for name, table in lake.names.items()},
        **{f"{camel(name)}.url": url for name, url in lake.queues.items()},
    }
