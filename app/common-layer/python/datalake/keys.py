"""Where things lie: `raw/<team>/<dataset>/<path>.json`, `pre-stage/…/<path>.csv`, `post-stage/…/date=<day>/<batch>`."""

from __future__ import annotations

import re

from .errors import InvalidInput, problem

_NAME = "[a-z][a-z0-9_]*"
_RAW = re.compile(rf"raw/({_NAME})/({_NAME})/(.+)\.json", re.DOTALL)


def csv_key(raw_key: str) -> str:
    """The key of the CSV line of a raw object: two raw objects never share one. Raises InvalidInput."""
    match = _RAW.fullmatch(raw_key)
    if match is None:
        allowed = "raw/<team>/<dataset>/<path>.json with names of a-z, 0-9 and _ is allowed"
        raise InvalidInput([problem("key", raw_key, allowed)], "Put the object under another key.")
    team, dataset, path = match.groups()
    return f"pre-stage/{team}/{dataset}/{path}.csv"


def csv_key_of(identity: str) -> str:
    """The same from an entry's id, which is `<bucket>/<key>`."""
    return csv_key(identity.partition("/")[2])


def partition(team: str, dataset: str, date: str) -> str:
    """The folder of a day's finished files, with a `/` at its end."""
    return f"post-stage/{team}/{dataset}/date={date}/"


def table(team: str, dataset: str) -> str:
    """The dataset's table in the Glue catalogue."""
    return f"{team}_{dataset}"
