"""What an invocation leaves behind: log lines, log result, request id and the shape of a timeout."""

import contextvars
import math
import re
import time
from datetime import datetime, timezone

from . import rights

# Set around each Invoke call; the executing thread writes the request id that the function saw into it.
_seen = contextvars.ContextVar("seen_request_id", default=None)

# Carries that id past MiniStack's dispatcher, which sets the header of every answer to an id of its own.
OWN_ID = "x-container-lambdas-request-id"

# Seconds to wait for the last lines of an invocation. They come within milliseconds on an idle machine.
LAST_LINES = 3.0

# The runtime interface emulator's own remarks. They can follow text without a line end.
_REMARK = re.compile(r"\d\d \w{3} \d{4} \d\d:\d\d:\d\d,\d{3} \[[A-Z]+\] \(rapid\)[^\n]*")
_REQUEST = re.compile(r"\(rapid\) INVOKE START\(requestId: ([0-9a-f-]{36})\)")
_REPORTED = re.compile(r"^REPORT RequestId: ([0-9a-f-]{36})", re.MULTILINE)
_INIT = re.compile(r"\(rapid\) INIT REPORT\(durationMs: ([0-9.]+)\)")
_DONE = re.compile(r"\(rapid\) INVOKE RTDONE\([^)]*duration: ([0-9.]+)ms\)")
_PLATFORM = re.compile(r"^(START|END|REPORT) RequestId: [0-9a-f-]{36}\b")


def request_id(raw: str, otherwise: str, previous: str = "") -> str:
    """The id that the function was given; MiniStack and the emulator each make up another.

    `previous` is the id of the container's invocation before: a late line of it may stand in this one's log.
    """
    found = [identifier for identifier in _REQUEST.findall(raw) + _REPORTED.findall(raw)[-1:] if identifier != previous]
    return found[0] if found else otherwise


def complete(raw: str, previous: str = "") -> bool:
    """Whether the engine has every line of the invocation.

    The emulator answers before that. It writes the function's output and REPORT to one stream and its remarks to the other, and the
    engine keeps the order within a stream only: both must have come to their last line.
    """
    seen = request_id(raw, "", previous)
    if not seen or "(rapid)" not in raw:
        return bool(seen)
    remarks = raw.partition(f"INVOKE START(requestId: {seen})")[2]
    return "(rapid) Reset initiated" in remarks or (f"REPORT RequestId: {seen}" in raw and "(rapid) INVOKE RTDONE" in remarks)


def duration(raw: str, measured: float, body) -> float:
    """Milliseconds that the handler ran: without the start of the container and its initialisation, which Lambda counts apart."""
    done = _DONE.findall(raw)
    if done:
        return float(done[-1])
    timed_out = re.search(r"timed out after ([0-9.]+) seconds", body.get("errorMessage", "")) if isinstance(body, dict) else None
    return float(timed_out.group(1)) * 1000 if timed_out else measured


def own_lines(raw: str) -> list:
    """What the function itself wrote, an event a line. The Python runtime joins the lines of a traceback by carriage returns."""
    lines = [_REMARK.sub("", line) for line in raw.split("\n")]
    return [line.replace("\r", "\n") for line in lines if line.strip() and not _PLATFORM.match(line)]


def platform_log(raw: str, seen: str, version: str, body, milliseconds: float, memory: int, used: int, now: datetime) -> list:
    """The log of one invocation as Lambda writes it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html and monitoring-cloudwatchlogs.
    """
    kind = body.get("errorType") if isinstance(body, dict) else None
    message = body.get("errorMessage", "") if isinstance(body, dict) else ""
    lines = [f"START RequestId: {seen} Version: {version}", *own_lines(raw)]
    status = ""
    if kind == "Sandbox.Timedout":
        lines.append(f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z {seen} {message.split('Error: ')[-1]}")
        status = "\tStatus: timeout"
    elif kind == "Runtime.ExitError":
        lines.append(f"{message}\n{kind}")
        status = f"\tStatus: error\tError Type: {kind}"
        if "signal: killed" in message:
            used = memory
    init = _INIT.search(raw)
    started = f"\tInit Duration: {float(init.group(1)):.2f} ms" if init else ""
    lines.append(f"END RequestId: {seen}")
    lines.append(
        f"REPORT RequestId: {seen}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {math.ceil(milliseconds)} ms\t"
        f"Memory Size: {memory} MB\tMax Memory Used: {min(used, memory)} MB{started}{status}"
    )
    return lines


def with_request_id(body, seen: str):
    """A timeout's message names the request, as every platform error does."""
    if isinstance(body, dict) and body.get("errorType") == "Sandbox.Timedout" and "RequestId" not in body.get("errorMessage", ""):
        return {"errorType": "Sandbox.Timedout", "errorMessage": f"RequestId: {seen} Error: {body['errorMessage']}"}
    return body


def resident(container) -> int:
    """MiB that the container's processes hold now. Docker's own statistics take a second and would slow every invocation."""
    try:
        top = container.top(ps_args="-o pid,rss")
        return sum(int(row[1]) for row in top["Processes"]) // 1024
    except Exception:  # noqa: BLE001 - the container is gone; then its last figure stands
        return 0


def killed_whole(container, body) -> bool:
    """Whether the kernel took the emulator with the runtime, so that there is nobody left to report it."""
    if not (isinstance(body, dict) and body.get("errorMessage", "").startswith("Lambda RIE failed")):
        return False
    try:
        container.reload()
        return bool(container.attrs["State"].get("OOMKilled"))
    except Exception:  # noqa: BLE001 - removed meanwhile
        return False


def apply(lambda_svc, app) -> None:
    invoke_rie, dispatch, invoke = lambda_svc._invoke_rie, lambda_svc._execute_function_dispatch, lambda_svc._invoke
    in_scope, served = lambda_svc._execute_function_with_config_scope, app._dispatch_service_request
    peaks, last = {}, {}

    def amended_rie(container, event, timeout, identifier):
        started = time.time()
        result = invoke_rie(container, event, timeout, identifier)
        raw = result.get("log", "")
        previous = last.get(container.id, "")
        deadline = time.monotonic() + LAST_LINES
        while not complete(raw, previous) and time.monotonic() < deadline and lambda_svc._is_container_running(container):
            time.sleep(0.02)
            raw = container.logs(stdout=True, stderr=True, since=started).decode("utf-8", errors="replace")
        if "(rapid) Reset initiated" in raw:
            # After a timeout or exit the function's stream has no last line to wait for.
            time.sleep(0.05)
            raw = container.logs(stdout=True, stderr=True, since=started).decode("utf-8", errors="replace")
        seen = request_id(raw, identifier, previous)
        for kept in (peaks, last):
            if len(kept) > 1000:
                kept.clear()
        last[container.id] = seen
        if killed_whole(container, result.get("body")):
            result["body"] = {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {seen} Error: Runtime exited with error: signal: killed"}
        peaks[container.id] = max(peaks.get(container.id, 0), resident(container))
        environment = dict(entry.split("=", 1) for entry in container.attrs.get("Config", {}).get("Env", []) if "=" in entry)
        stream = environment.get("AWS_LAMBDA_LOG_STREAM_NAME")
        result.update(raw_log=raw, seen=seen, used=peaks[container.id], stream=stream)
        return result

    def amended_dispatch(func, config, event, identifier, started):
        if config.get("PackageType") != "Image" or lambda_svc._proxy_url_for(config):
            return dispatch(func, config, event, identifier, started)
        begun = time.time()
        result = lambda_svc._execute_function_docker(func, event, identifier)
        if result.get("throttle"):
            return result
        now = datetime.now(timezone.utc)
        raw = result.pop("raw_log", result.get("log", ""))
        seen = result.pop("seen", identifier)
        result["body"] = with_request_id(result.get("body"), seen)
        failure = result.get("body") if result.get("error") else None
        lines = platform_log(
            raw, seen, config.get("Version", "$LATEST"), failure, duration(raw, (time.time() - begun) * 1000, failure),
            int(config.get("MemorySize", 128)), result.pop("used", 0), now,
        )
        result["log"] = "\n".join(lines) + "\n"
        result["request_id"] = seen
        _write(lambda_svc, config, result.pop("stream", None), lines, now)
        return result

    def remembering(func, event):
        result = in_scope(func, event)
        holder = _seen.get()
        if holder is not None and result.get("request_id"):
            holder["id"] = result["request_id"]
        return result

    async def amended_invoke(*args, **kwargs):
        holder = {}
        token = _seen.set(holder)
        try:
            status, headers, body = await invoke(*args, **kwargs)
        finally:
            _seen.reset(token)
        if "id" in holder:
            headers = {**headers, OWN_ID: holder["id"]}
        return status, headers, body

    async def amended_service(*args, **kwargs):
        answer = await served(*args, **kwargs)
        if answer is not None and OWN_ID in answer[1]:
            answer[1]["x-amzn-requestid"] = answer[1].pop(OWN_ID)
        return answer

    app._dispatch_service_request = amended_service
    lambda_svc._invoke_rie = amended_rie
    lambda_svc._execute_function_dispatch = amended_dispatch
    lambda_svc._execute_function_with_config_scope = remembering
    lambda_svc._invoke = amended_invoke


def _write(lambda_svc, config: dict, stream, lines: list, now: datetime) -> None:
    """Writes a log as the function's role: without the right to, Lambda keeps no log."""
    from ministack.services import cloudwatch_logs as logs

    name = config["FunctionName"]
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    stream = stream or f"{now:%Y/%m/%d}/[{config.get('Version', '$LATEST')}]{'0' * 32}"
    arn = f"{logs._make_group_arn(group).removesuffix(':*')}:log-stream:{stream}"
    if not rights.role_may(config, "logs:PutLogEvents", arn):
        lambda_svc.logger.warning("Lambda %s: its role may not write to %s, no log is kept", name, arn)
        return
    at = int(now.timestamp() * 1000)
    if group not in logs._log_groups:
        if not rights.role_may(config, "logs:CreateLogGroup", arn.split(":log-stream:")[0]):
            return
        logs._log_groups[group] = {
            "arn": logs._make_group_arn(group), "creationTime": at, "retentionInDays": None, "tags": {}, "subscriptionFilters": {}, "streams": {},
        }
    streams = logs._log_groups[group]["streams"]
    if stream not in streams:
        streams[stream] = {
            "events": [], "uploadSequenceToken": "1", "creationTime": at, "firstEventTimestamp": None, "lastEventTimestamp": None,
            "lastIngestionTime": None,
        }
    logs._append_log_events(streams[stream], [{"timestamp": at, "message": line, "ingestionTime": at} for line in lines])
    logs._fanout_to_subscription_filters(group, stream, [{"timestamp": at, "message": line} for line in lines])
