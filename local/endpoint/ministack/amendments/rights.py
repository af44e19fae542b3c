"""Rights that MiniStack grants by leaving them out: of roles that services use, and of services that invoke functions."""

import contextvars

from . import calls

# The qualified ARN that an event source names; MiniStack resolves it and then forgets the alias.
invoked_arn = contextvars.ContextVar("invoked_arn", default=None)


def role_may(config: dict, action: str, resource: str) -> bool:
    """Whether a function's execution role allows an action, its permissions boundary included."""
    from ministack import app
    from ministack.core import iam_evaluator as iam
    from ministack.services import iam as iam_svc

    if not app.AUTH:
        return True
    role = config.get("Role", "")
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    context = iam.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/{config.get('FunctionName', '')}", principal_type="AssumedRole",
        principal_account=account, action=action, resource_arn=resource, region=config["FunctionArn"].split(":")[3],
    )
    policies = iam._gather_role_policies(name, account)
    allowed = iam.evaluate(context, policies, *iam._permissions_boundary(iam_svc._roles, name, account)).decision == "Allow"
    calls.recorded.note(role, action, resource, allowed)
    return allowed


def service_may_invoke(lambda_svc, function_arn: str, service: str, source_arn: str) -> bool:
    """Whether the function's resource policy lets a service invoke it for a source; a statement is of one qualifier."""
    from ministack import app
    from ministack.core import iam_evaluator as iam

    if not app.AUTH:
        return True
    account, region, name = function_arn.split(":")[4], function_arn.split(":")[3], function_arn.split(":")[6]
    function = lambda_svc._functions.get_scoped(account, region, name)
    if function is None:
        return False
    context = iam.EvalContext(
        principal_arn=service, principal_type="Service", principal_account=account, action="lambda:InvokeFunction",
        resource_arn=function_arn, region=region, service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": account},
    )
    return iam.evaluate_resource_policy(function["policy"], context, service=service).decision == "Allow"


def service_may_assume(role_arn: str, service: str, source_arn: str) -> bool:
    """Whether a role exists and its trust policy lets a service have a session for a source."""
    from ministack import app
    from ministack.core import iam_evaluator as iam
    from ministack.services import iam as iam_svc

    if not app.AUTH:
        return True
    account = role_arn.split(":")[4] if role_arn.count(":") > 4 else ""
    role = iam_svc._roles.get_scoped(account, None, role_arn.rsplit("/", 1)[-1])
    if role is None or role.get("Arn") != role_arn:
        return False
    context = iam.EvalContext(
        principal_arn=service, principal_type="Service", principal_account=account, action="sts:AssumeRole", resource_arn=role_arn,
        region=source_arn.split(":")[3], service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": account},
    )
    return iam.evaluate_resource_policy(role.get("AssumeRolePolicyDocument"), context, service=service).decision == "Allow"


# What Lambda's poller does in the role's name; CreateEventSourceMapping refuses a role without them.
SQS_POLLER = (
    ("sqs:ReceiveMessage", "ReceiveMessage"), ("sqs:DeleteMessage", "DeleteMessage"), ("sqs:GetQueueAttributes", "GetQueueAttributes"),
)


# The call of each kind of dead-letter queue and destination, which the role must be allowed at the time it is named.
SENDING = {"sqs": ("sqs:SendMessage", "SendMessage", "SQS"), "sns": ("sns:Publish", "Publish", "SNS")}


def missing_letter_right(config: dict, letters) -> str:
    """Lambda's refusal of a dead-letter queue that the role may not send to; empty where it may."""
    target = (letters or {}).get("TargetArn") or ""
    action, call, service = SENDING.get(":".join(target.split(":")[2:3]), (None, None, None))
    if action is None or role_may(config, action, target):
        return ""
    return f"The provided execution role does not have permissions to call {call} on {service}"


def missing_destination_right(config: dict, destinations) -> str:
    """The same for a destination of asynchronous invocations."""
    for outcome in ("OnSuccess", "OnFailure"):
        target = ((destinations or {}).get(outcome) or {}).get("Destination") or ""
        action, call, _service = SENDING.get(":".join(target.split(":")[2:3]), (None, None, None))
        if action is not None and not role_may(config, action, target):
            return f"The function's execution role does not have permissions to call {call} on {target}"
    return ""


def apply(lambda_svc, s3, eventbridge) -> None:
    from ministack.core.responses import error_response_json

    create, configure, invoke_config = lambda_svc._create_function, lambda_svc._update_config, lambda_svc._put_event_invoke_config
    create_mapping, concurrency = lambda_svc._create_esm, lambda_svc._sqs_esm_concurrency
    deliver, validate, put = s3._deliver_event_to_lambda, s3._validate_notification_target_arn, s3._put_bucket_notification
    dispatch = eventbridge._dispatch_to_lambda
    bucket_of = contextvars.ContextVar("bucket_of_notification", default="")

    def refusal(message: str):
        return error_response_json("InvalidParameterValueException", message, 400) if message else None

    def amended_create(data: dict):
        arn = lambda_svc._func_arn(data.get("FunctionName", ""))
        config = {"Role": data.get("Role", ""), "FunctionName": data.get("FunctionName"), "FunctionArn": arn}
        known = config["Role"].startswith("arn:") and lambda_svc._functions.get(config["FunctionName"]) is None
        return (refusal(missing_letter_right(config, data.get("DeadLetterConfig"))) if known else None) or create(data)

    def amended_configuration(name: str, data: dict):
        function = lambda_svc._functions.get(name)
        config = {**function["config"], **({"Role": data["Role"]} if "Role" in data else {})} if function else None
        return (refusal(missing_letter_right(config, data.get("DeadLetterConfig"))) if config else None) or configure(name, data)

    def amended_invoke_config(name: str, qualifier, data: dict):
        function = lambda_svc._functions.get(name)
        refused = refusal(missing_destination_right(function["config"], data.get("DestinationConfig"))) if function else None
        return refused or invoke_config(name, qualifier, data)

    def amended_mapping(data: dict):
        source = data.get("EventSourceArn") or ""
        _record, config, _name = lambda_svc._get_func_record_for_ref(data.get("FunctionName") or "")
        if config is not None and source.split(":")[2:3] == ["sqs"]:
            for action, call in SQS_POLLER:
                if not role_may(config, action, source):
                    return refusal(f"The provided execution role does not have permissions to call {call} on SQS")
        return create_mapping(data)

    def amended_concurrency(mapping: dict, record: dict, config: dict, queue=None) -> int:
        # Asked before every poll. With no batch allowed in flight the messages stay in the queue, as they do on Lambda.
        missing = next((action for action, _call in SQS_POLLER if not role_may(config, action, mapping["EventSourceArn"])), None)
        if missing is None:
            return concurrency(mapping, record, config, queue)
        mapping["LastProcessingResult"] = f"PROBLEM: {config['Role']} is not authorized to perform: {missing} on resource: {mapping['EventSourceArn']}"
        return 0

    def amended_delivery(arn: str, payload: dict, region: str) -> None:
        bucket = payload["Records"][0]["s3"]["bucket"]["name"]
        if not service_may_invoke(lambda_svc, arn, "s3.amazonaws.com", f"arn:aws:s3:::{bucket}"):
            s3.logger.warning("S3 notification of %s: %s does not let s3.amazonaws.com invoke it", bucket, arn)
            return
        token = invoked_arn.set(arn)
        try:
            deliver(arn, payload, region)
        finally:
            invoked_arn.reset(token)

    def amended_validation(kind: str, arn: str, region: str):
        refused = validate(kind, arn, region)
        if refused is None and kind == "lambda" and bucket_of.get():
            if not service_may_invoke(lambda_svc, arn, "s3.amazonaws.com", f"arn:aws:s3:::{bucket_of.get()}"):
                return s3._invalid_notification_config("Unable to validate the following destination configurations")
        return refused

    def amended_put(name: str, *args, **kwargs):
        token = bucket_of.set(name)
        try:
            return put(name, *args, **kwargs)
        finally:
            bucket_of.reset(token)

    def amended_dispatch(arn: str, payload) -> None:
        token = invoked_arn.set(arn)
        try:
            dispatch(arn, payload)
        finally:
            invoked_arn.reset(token)

    lambda_svc._create_function = amended_create
    lambda_svc._update_config = amended_configuration
    lambda_svc._put_event_invoke_config = amended_invoke_config
    lambda_svc._create_esm = amended_mapping
    lambda_svc._sqs_esm_concurrency = amended_concurrency
    s3._deliver_event_to_lambda = amended_delivery
    s3._validate_notification_target_arn = amended_validation
    s3._put_bucket_notification = amended_put
    eventbridge._dispatch_to_lambda = amended_dispatch
