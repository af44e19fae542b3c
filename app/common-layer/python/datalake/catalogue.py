"""The catalogue of objects: one entry an object, whose status says how far it has come.

    RECEIVED → WAITING → CLAIMED → PROCESSED          FAILED, SUPERSEDED (replaced before it was read)

Messages come twice, at the same time, and out of order. Every change therefore names, as its condition, the state that it
may happen in, and `execution` (stage A) or `batch` (stage B) says whose entry it is; who is too late changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import clock, documents
from .tables import ConditionFailed, Item, Table

RECEIVED, WAITING, CLAIMED, PROCESSED = "RECEIVED", "WAITING", "CLAIMED", "PROCESSED"
FAILED, SUPERSEDED = "FAILED", "SUPERSEDED"

TAKE_OVER_AFTER = 900
"""Seconds after which an entry that is still RECEIVED belongs to nobody: its execution was stopped from outside."""

SEQUENCER_LENGTH = 32

_OF_EARLIER_WORK = ("waiting_for", "waiting_since", "csv_key", "batch", "claimed_at", "parquet_key", "processed_at", "reason")

_STATUSES = {
    "received": RECEIVED,
    "waiting": WAITING,
    "claimed": CLAIMED,
    "processed": PROCESSED,
    "failed": FAILED,
    "superseded": SUPERSEDED,
}

# The same content goes on only if nobody works on it or has finished; other content only if it is the newer one.
_MAY_RECEIVE = (
    "attribute_not_exists(#id)"
    " OR (#execution = :execution AND #status IN (:received, :failed))"
    " OR (#etag = :etag AND #status IN (:failed, :superseded))"
    " OR (#etag = :etag AND #status = :received AND (#tries < :tries OR #received_at < :abandoned))"
    " OR (#etag <> :etag AND #sequencer < :sequencer)"
)


class Catalogue:
    def __init__(self, table: Table, now: clock.Clock = clock.now) -> None:
        self._table = table
        self._now = now

    def receive(self, message: Mapping[str, Any], execution: str) -> str | None:
        """Takes an object into the work of an execution. Answers None, or why it is a duplicate.

        The execution's own repetition goes on. The sequencer only ever grows, also through duplicates: a late message
        about older content must not win because the newest content was seen before.
        """
        order = sequence(message["sequencer"])
        condition = f"({_MAY_RECEIVE}) AND (attribute_not_exists(#id) OR #sequencer <= :sequencer)"
        try:
            self._receive(message, execution, condition, {"sequencer": order})
            return None
        except ConditionFailed as failed:
            entry = failed.item or {}
        if entry.get("etag") != message["etag"]:
            return "superseded: newer content was received before"
        if entry.get("sequencer", "") > order:
            try:
                self._receive(message, execution, f"({_MAY_RECEIVE}) AND #sequencer > :sequencer", {})
                return None
            except ConditionFailed:
                return f"duplicate: {entry.get('status')} before"
        self._remember(message, order)
        return f"duplicate: {entry.get('status')} before"

    def wait(self, message: Mapping[str, Any], execution: str, csv_key: str) -> bool:
        """Lets stage B take the object. False where another execution has taken the entry over since."""
        moment = clock.text(self._now())
        try:
            self._table.update(
                {"id": documents.object_id(message)},
                {
                    "status": WAITING,
                    "waiting_for": f"{message['team']}-{message['dataset']}",
                    "waiting_since": moment,
                    "csv_key": csv_key,
                },
                "#execution = :execution AND #status IN (:received, :failed)",
                remove=("reason",),
                execution=execution,
                **_STATUSES,
            )
        except ConditionFailed as failed:
            entry = failed.item or {}
            return entry.get("execution") == execution and entry.get("status") in (WAITING, CLAIMED, PROCESSED)
        return True

    def supersede(self, message: Mapping[str, Any], execution: str) -> bool:
        """The object was replaced before it was read; the message about the new content will bring that."""
        return self._change(
            documents.object_id(message),
            {"status": SUPERSEDED},
            "#execution = :execution AND #status IN (:received, :superseded)",
            execution=execution,
        )

    def fail(self, message: Mapping[str, Any], execution: str, reason: str) -> bool:
        """Makes the entry where the work failed before there was one. False where it is not this execution's any more."""
        return self._change(
            documents.object_id(message),
            {"status": FAILED, "reason": reason},
            "attribute_not_exists(#id) OR (#execution = :execution AND #status IN (:received, :waiting, :failed))",
            once={**_of(message), "execution": execution, "sequencer": sequence(message["sequencer"]), "received_at": clock.text(self._now())},
            remove=("waiting_for", "waiting_since"),
            execution=execution,
        )

    def waiting(self, dataset: str, most: int) -> list[Item]:
        """Entries that wait, the longest first. May name some that are claimed already: `claim` decides."""
        return self._table.query("waiting", "#waiting_for = :dataset", most, dataset=dataset)

    def claim(self, identity: str, dataset: str, batch: str) -> Item | None:
        """The entry, if it is the batch's now. The same batch may ask again."""
        try:
            return self._table.update(
                {"id": identity},
                {"status": CLAIMED, "batch": batch, "claimed_at": clock.text(self._now())},
                "(#status = :waiting AND #waiting_for = :dataset) OR (#status = :claimed AND #batch = :batch)",
                remove=("waiting_for", "waiting_since"),
                dataset=dataset,
                batch=batch,
                **_STATUSES,
            )
        except ConditionFailed:
            return None

    def of_batch(self, identities: Iterable[str], batch: str) -> list[Item]:
        """Those of the entries that are the batch's now. One whose object was replaced since is not."""
        found = self._table.get_all({"id": identity} for identity in identities)
        return [entry for entry in found if entry.get("batch") == batch and entry.get("status") in (CLAIMED, PROCESSED)]

    def processed(self, identity: str, batch: str, parquet_key: str) -> bool:
        """False where the entry is not the batch's any more."""
        return self._change(
            identity,
            {"status": PROCESSED, "parquet_key": parquet_key, "processed_at": clock.text(self._now())},
            "#batch = :batch AND #status IN (:claimed, :processed)",
            batch=batch,
        )

    def _receive(self, message: Mapping[str, Any], execution: str, condition: str, order: Mapping[str, str]) -> None:
        now = self._now()
        self._table.update(
            {"id": documents.object_id(message)},
            {**_of(message), **order, "status": RECEIVED, "execution": execution, "received_at": clock.text(now)},
            condition,
            remove=_OF_EARLIER_WORK,
            execution=execution,
            etag=message["etag"],
            sequencer=sequence(message["sequencer"]),
            tries=documents.tries(message),
            abandoned=clock.before(now, TAKE_OVER_AFTER),
            **_STATUSES,
        )

    def _remember(self, message: Mapping[str, Any], order: str) -> None:
        self._change(
            documents.object_id(message),
            {"sequencer": order},
            "#etag = :etag AND #sequencer < :sequencer",
            etag=message["etag"],
            sequencer=order,
        )

    def _change(self, identity: str, assign: Mapping[str, Any], condition: str, **more: Any) -> bool:
        try:
            self._table.update({"id": identity}, assign, condition, **more, **_STATUSES)
        except ConditionFailed:
            return False
        return True


def sequence(sequencer: str) -> str:
    """A sequencer in a form that sorts as S3 means it: hexadecimal digits, filled up with zeros on the right."""
    return sequencer.upper().ljust(SEQUENCER_LENGTH, "0")


def _of(message: Mapping[str, Any]) -> dict[str, Any]:
    landed = {"landed_at": message["landedAt"]} if message.get("landedAt") else {}
    return {
        **{name: message[name] for name in ("bucket", "key", "etag", "size", "team", "dataset", "pipeline")},
        **landed,
        "correlation_id": message["correlationId"],
        "tries": documents.tries(message),
    }
