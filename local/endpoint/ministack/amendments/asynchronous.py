"""Asynchronous invocations: whose settings apply, retries, dead letters and destinations."""

import contextvars
import json
import os
import threading
import time
from datetime import datetime, timezone

from . import rights

# Lambda waits one minute before the second attempt and two before the third. Shortened, so that a dead letter is seen within seconds.
FIRST_DELAY = float(os.environ.get("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "1"))
LONGEST_DELAY = float(os.environ.get("LAMBDA_ASYNC_RETRY_MAX_SECONDS", "30"))


def qualifier_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[7] if len(parts) > 7 else ""


def settings(function: dict, qualifier: str) -> dict:
    """The event invoke configuration of the qualifier that was invoked; those of other qualifiers do not apply."""
    configurations = function.get("event_invoke_configs") or {}
    if qualifier in ("", "$LATEST"):
        return configurations.get("") or configurations.get("$LATEST") or function.get("event_invoke_config") or {}
    return configurations.get(qualifier) or {}


def dead_letter(event, result: dict, identifier: str) -> tuple:
    """Body and attributes of a dead letter: the event as it came, the error beside it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    """
    body = result.get("body")
    message = body.get("errorMessage", "") if isinstance(body, dict) else str(body)
    attributes = {
        "RequestID": {"DataType": "String", "StringValue": identifier},
        "ErrorCode": {"DataType": "Number", "StringValue": "429" if result.get("throttle") else "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": (message or "Unknown error").encode()[:1024].decode("utf-8", "ignore")},
    }
    return json.dumps(event), attributes


def record(event, result: dict, config: dict, arn: str, identifier: str, attempts: int, condition: str, now: datetime) -> dict:
    """The invocation record that a destination gets (same source as `dead_letter`)."""
    version = config.get("Version", "$LATEST")
    response = {"statusCode": 200, "executedVersion": version}
    if result.get("error"):
        response["functionError"] = result.get("function_error") or "Unhandled"
    base = ":".join(arn.split(":")[:7])
    return {
        "version": "1.0",
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
        "requestContext": {
            "requestId": identifier, "functionArn": f"{base}:{qualifier_of(arn) or '$LATEST'}", "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": event,
        "responseContext": response,
        "responsePayload": result.get("body"),
    }


def run(execute, limits: dict, sleep=time.sleep, clock=time.monotonic) -> tuple:
    """Tries until success or until the settings forbid another attempt; result, number of attempts and condition.

    A throttled attempt does not count as a retry: Lambda puts the event back until it is too old.
    """
    retries = limits.get("MaximumRetryAttempts")
    retries = 2 if retries is None else int(retries)
    age = int(limits.get("MaximumEventAgeInSeconds") or 21600)
    started, attempts, failures, delay = clock(), 0, 0, FIRST_DELAY
    while True:
        result = execute()
        attempts += 1
        if not result.get("error"):
            return result, attempts, "Success"
        failures += 0 if result.get("throttle") else 1
        if failures > retries:
            return result, attempts, "RetriesExhausted"
        if clock() - started + delay > age:
            return result, attempts, "EventAgeExceeded"
        sleep(delay)
        delay = min(delay * 2, LONGEST_DELAY)


def apply(lambda_svc, s3, eventbridge) -> None:
    def invoke_later(func: dict, event) -> None:
        config = dict(func.get("config") or func)
        arn = rights.invoked_arn.get() or config["FunctionArn"]

        def work() -> None:
            account, region = lambda_svc._account_region_from_function_config(config)
            lambda_svc._request_account_id.set(account)
            lambda_svc._request_region.set(region)
            function = lambda_svc._functions.get(config["FunctionName"]) or func
            limits = settings(function, qualifier_of(arn))
            identifiers = []

            def execute() -> dict:
                result = lambda_svc._execute_function({**func, "config": config}, event)
                identifiers.append(result.get("request_id") or lambda_svc.new_uuid())
                return result

            result, attempts, condition = run(execute, limits)
            now = datetime.now(timezone.utc)
            outcome = "OnSuccess" if condition == "Success" else "OnFailure"
            destination = ((limits.get("DestinationConfig") or {}).get(outcome) or {}).get("Destination")
            if destination:
                _send(lambda_svc, config, destination, json.dumps(record(event, result, config, arn, identifiers[0], attempts, condition, now)), None)
            letters = (config.get("DeadLetterConfig") or {}).get("TargetArn")
            if letters and condition != "Success":
                _send(lambda_svc, config, letters, *dead_letter(event, result, identifiers[0]))

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(work,), daemon=True).start()

    def dispatch(arn: str, payload) -> None:
        """EventBridge invokes asynchronously; MiniStack tries once and drops what fails."""
        try:
            event = json.loads(payload)
        except (json.JSONDecodeError, TypeError):
            event = {"body": payload}
        func, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not func or not config:
            eventbridge.logger.warning("EventBridge: function %s not found", name)
            return
        lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), event)

    lambda_svc.invoke_async_with_retry = invoke_later
    eventbridge._dispatch_to_lambda = dispatch


_SEND = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction", "events": "events:PutEvents"}


def _send(lambda_svc, config: dict, target: str, body: str, attributes) -> None:
    """Sends as the function's role. Lambda counts a failure here in a metric and drops the record; here it is logged."""
    name, service = config["FunctionName"], target.split(":")[2]
    try:
        if not rights.role_may(config, _SEND.get(service, f"{service}:Send"), target):
            raise PermissionError(f"its role may not {_SEND.get(service, service)}")
        if service == "sqs":
            from ministack.services import sqs

            account, queue = target.split(":")[4], target.split(":")[5]
            sqs._act_send_message({"QueueUrl": sqs._queue_url_for_account(account, queue), "MessageBody": body, "MessageAttributes": attributes or {}}, "")
        elif service == "sns":
            from ministack.services import sns

            sns._fanout(target, lambda_svc.new_uuid(), body, "", "", attributes or {})
        elif service == "lambda":
            func, destination, _name = lambda_svc._get_func_record_for_ref(target)
            if not func:
                raise LookupError("no such function")
            lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, destination), json.loads(body))
        else:
            raise LookupError(f"{service} is not a destination known here")
    except Exception as error:  # noqa: BLE001 - a record that cannot be delivered ends here, as on AWS
        lambda_svc.logger.error("Lambda %s: record for %s dropped: %s", name, target, error)
