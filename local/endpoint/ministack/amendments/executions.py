"""Step Functions: the role that executions run as, how they call functions, names that are used again, and what a restart leaves."""

import contextlib
import contextvars
import json
import threading
import time
import types

from . import rights

# The role of the execution under way; MiniStack's tasks do not know theirs.
_role = contextvars.ContextVar("execution_role", default="")

# Functions that executions call at the same time. Each call is a container here: many that start at once take so long on a busy machine
# that functions run into their time limit, which counts the start; on AWS it does not, and the account has a thousand.
CALLS_AT_ONCE = 4

# Seconds until an interrupted execution goes on: by then the endpoint, which its functions call, listens.
RESUME_AFTER = 5.0

# The name of the state by which an interrupted execution goes on; it shows in the history.
RESUMED = "Resumed after a restart"


def function_arn(reference: str, qualifier, region: str, account: str) -> str:
    """The ARN that AWS asks lambda:InvokeFunction on, with the alias or version that is called."""
    arn = reference if reference.startswith("arn:") else f"arn:aws:lambda:{region}:{account}:function:{reference}"
    return f"{arn}:{qualifier}" if qualifier and arn.count(":") == 6 else arn


def failure(result: dict) -> tuple:
    """Error and cause of a call that failed, as Step Functions names them."""
    body = result.get("body")
    if result.get("throttle"):
        return "Lambda.TooManyRequestsException", body.get("message", "Rate exceeded") if isinstance(body, dict) else str(body)
    if isinstance(body, dict):
        return body.get("errorType") or "Lambda.Unknown", json.dumps(body)
    return "Lambda.Unknown", str(body)


def payload_of(body):
    if not isinstance(body, (str, bytes)):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body


def same_running(execution, given: str) -> bool:
    """Whether StartExecution is a repetition: a standard execution of that name runs with that input."""
    return execution is not None and execution["status"] == "RUNNING" and execution["input"] == given


def resumption(definition: str, events: list):
    """The definition of an interrupted execution: goes on with the state that it was in. None where it had not begun."""
    entered = next((event for event in reversed(events) if event["type"].endswith("StateEntered")), None)
    if entered is None:
        return definition
    details = entered["stateEnteredEventDetails"]
    if details["name"] == RESUMED:
        return resumption(definition, events[: events.index(entered)])
    machine = json.loads(definition)
    if details["name"] not in machine["States"]:
        return None
    states = {RESUMED: {"Type": "Pass", "Result": json.loads(details["input"]), "Next": details["name"]}, **machine["States"]}
    return json.dumps({**machine, "StartAt": RESUMED, "States": states})


def apply(stepfunctions, lambda_svc, scheduler) -> None:
    from ministack import app
    from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, set_request_account_id, set_request_region

    run, invoke, start, restore = stepfunctions._run_execution, stepfunctions._invoke_resource, stepfunctions._start_execution, stepfunctions._restore_state
    fail, create, update, begin = stepfunctions._fail_execution, stepfunctions._create_state_machine, stepfunctions._update_state_machine, scheduler.start_scheduler
    slots = threading.BoundedSemaphore(CALLS_AT_ONCE)
    starting = threading.Lock()
    interrupted = []

    def authorise(arn: str) -> None:
        role = _role.get()
        if role and not rights.role_may({"Role": role, "FunctionName": "execution", "FunctionArn": arn}, "lambda:InvokeFunction", arn):
            session = f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{role.rsplit('/', 1)[-1]}/execution"
            raise stepfunctions._ExecutionError("Lambda.AWSLambdaException", (
                f"User: {session} is not authorized to perform: lambda:InvokeFunction on resource: {arn} because no identity-based policy "
                "allows the lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException)"
            ))

    def called(arn: str):
        authorise(arn)
        func, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not func or not config:
            raise stepfunctions._ExecutionError("Lambda.ResourceNotFoundException", f"Function not found: {arn or name}")
        return lambda_svc._execution_record_for_config(func, config)

    def call(arn: str, event):
        record = called(arn)
        with slots:
            result = lambda_svc._execute_function_with_config_scope(record, event)
        if result.get("error"):
            raise stepfunctions._ExecutionError(*failure(result))
        return payload_of(result.get("body")), record["config"].get("Version", "$LATEST")

    def call_later(arn: str, event) -> None:
        record = called(arn)
        token = rights.invoked_arn.set(arn)
        try:
            lambda_svc.invoke_async_with_retry(record, event)
        finally:
            rights.invoked_arn.reset(token)

    def amended_call(reference, event):
        return call(function_arn(reference, None, get_region(), get_account_id()), event)[0]

    def amended_invoke(resource: str, given):
        if not resource.endswith("states:::lambda:invoke") or not isinstance(given, dict):
            return invoke(resource, given)
        reference = stepfunctions._resolve_lambda_function_ref(given.get("FunctionName", ""), optimized=True)
        arn, event = function_arn(reference, given.get("Qualifier"), get_region(), get_account_id()), given.get("Payload", {})
        if given.get("InvocationType") == "Event":
            call_later(arn, event)
            return {"StatusCode": 202, "Payload": ""}
        payload, version = call(arn, event)
        return {"ExecutedVersion": version, "Payload": payload, "StatusCode": 200}

    def role_of(execution) -> str:
        return (stepfunctions._state_machines.get((execution or {}).get("stateMachineArn")) or {}).get("roleArn", "")

    def amended_fail(execution, error, cause) -> None:
        fail(execution, error, cause)
        execution["output"] = None

    def amended_run(arn: str) -> None:
        with _set(_role, role_of(stepfunctions._executions.get(arn))):
            run(arn)

    def resume(account: str, region: str, arn: str) -> None:
        set_request_account_id(account)
        set_request_region(region)
        time.sleep(RESUME_AFTER)
        execution = stepfunctions._executions.get(arn)
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"])
        definition = machine and resumption(machine["definition"], execution["events"])
        if definition is None:
            return stepfunctions._fail_execution(execution, "States.Runtime", "The state that the execution was in is no longer defined")
        # The same function, looking up this one machine in its present form.
        machines = {execution["stateMachineArn"]: {**machine, "definition": definition}}
        resumed = types.FunctionType(run.__code__, {**vars(stepfunctions), "_state_machines": machines})
        with _set(_role, machine["roleArn"]):
            resumed(arn)

    def amended_restore(data) -> None:
        restore(data)
        for (account, region, arn), execution in stepfunctions._executions._data.items():
            if execution.get("error") == "States.ServiceRestart":
                execution.update(status="RUNNING", stopDate=None)
                execution.pop("error")
                execution.pop("cause")
                interrupted.append((account, region, arn))

    def amended_begin() -> None:
        begin()
        while interrupted:
            threading.Thread(target=contextvars.copy_context().run, args=(resume, *interrupted.pop()), daemon=True).start()

    def amended_start(data: dict):
        with starting:
            arn = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", ""))
            machine = stepfunctions._state_machines.get(arn) if arn else None
            if machine and data.get("name") and machine["type"] == "STANDARD":
                name = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine['name']}:{data['name']}"
                execution = stepfunctions._executions.get(name)
                if same_running(execution, data.get("input", "{}")):
                    return json_response({"executionArn": name, "startDate": execution["startDate"]})
            return start(data)

    def refusal(data: dict, arn: str):
        role = data.get("roleArn") or ""
        if not app.AUTH or not role or rights.service_may_assume(role, "states.amazonaws.com", arn):
            return None
        message = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role."
        return error_response_json("AccessDeniedException", message, 400)

    def keep_tracing(data: dict, arn: str, answer):
        machine = stepfunctions._state_machines.get(arn)
        if answer[0] == 200 and machine is not None and "tracingConfiguration" in data:
            machine["tracingConfiguration"] = data["tracingConfiguration"]
        return answer

    def amended_create(data: dict):
        arn = f"arn:aws:states:{get_region()}:{get_account_id()}:stateMachine:{data.get('name')}"
        return refusal(data, arn) or keep_tracing(data, arn, create(data))

    def amended_update(data: dict):
        arn = data.get("stateMachineArn")
        return refusal(data, arn) or keep_tracing(data, arn, update(data))

    stepfunctions._fail_execution = amended_fail
    stepfunctions._run_execution = amended_run
    stepfunctions._invoke_resource = amended_invoke
    stepfunctions._call_lambda = amended_call
    stepfunctions._start_execution = amended_start
    stepfunctions._restore_state = amended_restore
    stepfunctions._create_state_machine = amended_create
    stepfunctions._update_state_machine = amended_update
    scheduler.start_scheduler = amended_begin


@contextlib.contextmanager
def _set(variable, value):
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
