"""The AWS CLI of the emulator's Python environment, with what people are used to from version 2, which PyPI does not have:
`aws logs tail`, `--cli-binary-format`, which for version 1 is always `raw-in-base64-out`, and AWS_ENDPOINT_URL for all services."""

import datetime
import os
import re
import sys
import time

from awscli.clidriver import create_clidriver
from awscli.customizations.commands import BasicCommand
from awscli.customizations.overridesslcommonname import SSL_COMMON_NAMES

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
POLL_SECONDS = 1
# CloudWatch Logs may show events late and out of order; what came within this span is looked at again.
OVERLAP_MILLISECONDS = 10_000


class TailCommand(BasicCommand):
    NAME = "tail"
    DESCRIPTION = "Shows the events of a log group, oldest first; with --follow also those that come."
    ARG_TABLE = [
        {"name": "group_name", "positional_arg": True, "synopsis": "<group_name>", "help_text": "The log group."},
        {"name": "since", "default": "10m", "help_text": "From when: 30s, 10m, 2h, 1d, 1w, or a time like 2026-01-31T12:00:00."},
        {"name": "follow", "action": "store_true", "help_text": "Keep waiting for events."},
        {"name": "format", "default": "detailed", "choices": ["detailed", "short", "json"], "help_text": "How to show events."},
        {"name": "filter-pattern", "help_text": "Only events that match."},
        {"name": "log-stream-names", "nargs": "+", "help_text": "Only these streams."},
        {"name": "log-stream-name-prefix", "help_text": "Only streams that begin so."},
    ]

    def _run_main(self, parsed_args, parsed_globals):
        client = self._session.create_client(
            "logs",
            region_name=parsed_globals.region,
            endpoint_url=parsed_globals.endpoint_url,
            verify=parsed_globals.verify_ssl,
        )
        options = {"logGroupName": parsed_args.group_name, "startTime": start_time(parsed_args.since)}
        given = {
            "filterPattern": parsed_args.filter_pattern,
            "logStreamNames": parsed_args.log_stream_names,
            "logStreamNamePrefix": parsed_args.log_stream_name_prefix,
        }
        options.update({name: value for name, value in given.items() if value})
        shown = set()
        while True:
            events = [event for page in client.get_paginator("filter_log_events").paginate(**options) for event in page["events"]]
            for event in sorted(events, key=lambda event: event["timestamp"]):
                # MiniStack gives events no id.
                identity = event.get("eventId") or (event["logStreamName"], event["timestamp"], event["message"])
                if identity not in shown:
                    shown.add(identity)
                    show(event, parsed_args.format)
                    options["startTime"] = max(options["startTime"], event["timestamp"] - OVERLAP_MILLISECONDS)
            if not parsed_args.follow:
                return 0
            time.sleep(POLL_SECONDS)


def start_time(since):
    """Milliseconds since 1970 of a span back from now, or of a time (UTC where it names no zone)."""
    span = re.fullmatch(r"(\d+)([smhdw])", since)
    if span:
        return int((time.time() - int(span.group(1)) * UNITS[span.group(2)]) * 1000)
    try:
        moment = datetime.datetime.fromisoformat(since.replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(f'--since is "{since}". It is a number with s, m, h, d or w, or a time like 2026-01-31T12:00:00. Fix: try --since 1h.') from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp() * 1000)


def show(event, how):
    moment = datetime.datetime.fromtimestamp(event["timestamp"] / 1000, datetime.timezone.utc)
    message = event["message"].rstrip("\n")
    if how == "detailed":
        message = f"{moment.isoformat(timespec='microseconds')} {event['logStreamName']} {message}"
    elif how == "short":
        message = f"{moment.isoformat(timespec='seconds').split('+')[0]} {message}"
    print(message, flush=True)


def keep_endpoint(parsed_globals, **_):
    """Version 1 gives some services, sqs among them, an old address of AWS's, which would win over AWS_ENDPOINT_URL."""
    if parsed_globals.endpoint_url is None and parsed_globals.command in SSL_COMMON_NAMES:
        suffix = parsed_globals.command.upper().replace("-", "_")
        parsed_globals.endpoint_url = os.environ.get(f"AWS_ENDPOINT_URL_{suffix}") or os.environ.get("AWS_ENDPOINT_URL") or None


def without_binary_format(arguments):
    """Drops the option where it asks for what version 1 does anyway."""
    kept = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--cli-binary-format":
            value = next(rest, "")
        elif argument.startswith("--cli-binary-format="):
            value = argument.split("=", 1)[1]
        else:
            kept.append(argument)
            continue
        if value != "raw-in-base64-out":
            raise ValueError(f'--cli-binary-format is "{value}". This AWS CLI knows raw-in-base64-out. Fix: pass that, or nothing.')
    return kept


def main(arguments):
    driver = create_clidriver()

    def add_tail(command_table, session, **_):
        command_table["tail"] = TailCommand(session)

    driver.session.register("building-command-table.logs", add_tail)
    driver.session.register("before-building-argument-table-parser", keep_endpoint)
    try:
        return driver.main(without_binary_format(arguments))
    except ValueError as error:
        print(f"aws: {error}", file=sys.stderr)
        return 252
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
