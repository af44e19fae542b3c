"""MiniStack's signature check and policy engine for the services that the endpoint plays itself.

A call whose headers name IDENTIFY is answered with its caller, after the checks that MiniStack makes before any policy. Below PREFIX, for
root only, are the questions that follow. Nothing here decides anything: signatures, policies, boundaries, sessions and trust are MiniStack's.
"""

import json
import time

from . import calls

IDENTIFY = "x-container-lambdas-identify"
PREFIX = "/_container-lambdas/"


def identify(app, headers: dict, query_params: dict, request_id: str):
    """Who signed this request: 200 with the caller, or the refusal as AWS words it."""
    from ministack.core import iam_evaluator as iam
    from ministack.core.responses import get_account_id
    from ministack.core.router import extract_access_key_id

    key = extract_access_key_id(headers, query_params) or ""
    if iam._anonymous.get():
        failure = iam.AuthError("MissingAuthenticationToken", "Request is missing Authentication Token")
        return app._credential_failure("codebuild", "", request_id, failure, headers)
    checked = iam.authenticate(key, get_account_id())
    principal = checked if isinstance(checked, iam.AuthError) else iam.resolve_principal(key, get_account_id(), checked)
    if isinstance(principal, iam.AuthError):
        return app._credential_failure("codebuild", "", request_id, principal, headers)
    return answer({"accessKeyId": key, "principalArn": principal.arn})


def denial(action: str, resource: str, result) -> dict:
    from ministack.core.iam_actions import identity_denial_message

    return {"allowed": False, "message": identity_denial_message(action, result.principal_arn, resource, result.decision == "Deny")}


def authorise(question: dict) -> dict:
    """Whether the owner of an access key may."""
    from ministack.core import iam_evaluator as iam

    action, resource = question["action"], question["resource"]
    result = iam.enforce(question["accessKeyId"], action, action.split(":")[0], question["region"], resource_arn=resource, service_context=question.get("context"))
    if isinstance(result, iam.AuthError):
        return {"allowed": False, "message": result.message}
    return {"allowed": True} if result is None else denial(action, resource, result)


def authorise_role(question: dict) -> dict:
    """Whether a role may, which a service uses in its own name."""
    from ministack.core import iam_evaluator as iam
    from ministack.services import iam as iam_svc

    role, action, resource = question["roleArn"], question["action"], question["resource"]
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    session = f"arn:aws:sts::{account}:assumed-role/{name}/{question['sessionName']}"
    context = iam.EvalContext(
        principal_arn=session, principal_type="AssumedRole", principal_account=account, action=action, resource_arn=resource,
        region=question["region"], service_context={key.lower(): value for key, value in (question.get("context") or {}).items()},
    )
    result = iam.evaluate(context, iam._gather_role_policies(name, account), *iam._permissions_boundary(iam_svc._roles, name, account))
    calls.recorded.note(calls.role_arn(name, account), action, resource, result.decision == "Allow")
    return {"allowed": True} if result.decision == "Allow" else denial(action, resource, result)


def service_may(question: dict) -> dict:
    """Whether a resource's own policy lets a service use it on behalf of something."""
    from ministack.core import iam_evaluator as iam

    service, action, resource, source = question["service"], question["action"], question["resource"], question["sourceArn"]
    policy, owner = iam._resource_policy(action.split(":")[0], resource) or ("", "")
    context = iam.EvalContext(
        principal_arn=service, principal_type="Service", principal_account=source.split(":")[4], action=action, resource_arn=resource, region=question["region"],
        service_context={"aws:sourcearn": source, "aws:sourceaccount": source.split(":")[4], "aws:securetransport": "true"},
    )
    if policy and iam.evaluate_resource_policy(policy, context, service=service).decision == "Allow":
        return {"allowed": True}
    return {"allowed": False, "message": f"{service} is not authorized to perform: {action} on resource: {resource} of account {owner or 'unknown'}"}


def assume(question: dict) -> dict:
    """A session of a role for a service, if its trust policy lets the service have one."""
    from ministack.core import iam_evaluator as iam
    from ministack.services import iam as iam_svc
    from ministack.services import sts

    role_arn, service = question["roleArn"], question["service"]
    refusal = {"allowed": False, "message": f"{service} is not authorized to perform: sts:AssumeRole on {role_arn}"}
    assumed, invalid = sts._assumed_role_arn(role_arn, question["sessionName"])
    if invalid:
        return refusal
    account = role_arn.split(":")[4]
    role = iam_svc._roles.get_scoped(account, None, role_arn.rsplit("/", 1)[-1])
    if role is None or role.get("Arn") != role_arn:
        return refusal
    context = iam.EvalContext(
        principal_arn=service, principal_type="Service", principal_account=account, action="sts:AssumeRole", resource_arn=role_arn,
        region=question["region"], service_context={"aws:sourcearn": question["sourceArn"], "aws:sourceaccount": account},
    )
    if iam.evaluate_resource_policy(role.get("AssumeRolePolicyDocument"), context, service=service).decision != "Allow":
        return refusal
    seconds, key = int(question["seconds"]), sts._gen_session_access_key()
    session = {
        "Arn": assumed, "UserId": f"{sts._role_id(role_arn)}:{question['sessionName']}", "SecretAccessKey": sts._gen_secret(), "SessionToken": sts._gen_session_token(),
        "Expiration": time.time() + seconds, "AccountId": account, "PrincipalType": "AssumedRole", "SourcePrincipalArn": service, "SessionTags": [], "SessionPolicies": None,
    }
    sts.register_session(key, session)
    return {"allowed": True, "accessKeyId": key, "secretAccessKey": session["SecretAccessKey"], "sessionToken": session["SessionToken"], "expiration": session["Expiration"]}


def reset_calls(_question: dict) -> dict:
    calls.recorded.reset()
    return {}


def put_event(question: dict) -> dict:
    """An event in the name of an AWS service, which PutEvents takes from nobody."""
    from ministack.services import eventbridge

    eventbridge._put_events({"Entries": [question["entry"]]}, allow_aws_source=True)
    return {}


QUESTIONS = {
    "authorise": authorise, "authorise-role": authorise_role, "assume": assume, "calls": lambda _question: calls.recorded.listing(), "calls/reset": reset_calls,
    "put-event": put_event, "service-may": service_may,
}


# Calls on a stream of a log group, which AWS asks on the stream's ARN: policies name them by `log-group:NAME:*`.
ON_STREAMS = {"Logs_20140328.CreateLogStream", "Logs_20140328.PutLogEvents", "Logs_20140328.GetLogEvents", "Logs_20140328.DeleteLogStream"}


def on_stream(arn: str, target: str, body: bytes) -> str:
    """The ARN that AWS asks for a call on a log stream; MiniStack asks the group's, which `log-group:NAME:*` does not match."""
    if target not in ON_STREAMS or not arn.startswith("arn:"):
        return arn
    try:
        stream = json.loads(body or b"{}").get("logStreamName")
    except (ValueError, AttributeError):
        return arn
    return f"{arn}:log-stream:{stream}" if isinstance(stream, str) and stream else arn


def answer(value: dict, status: int = 200):
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def apply(app) -> None:
    from ministack.core import iam_actions
    from ministack.core.iam_evaluator import is_root_access_key
    from ministack.core.router import extract_access_key_id

    shortcuts, resource_arn = app._handle_post_body_shortcuts, iam_actions.extract_resource_arn

    def amended_resource_arn(service, method, path, headers, body, *rest):
        arn = resource_arn(service, method, path, headers, body, *rest)
        return on_stream(arn, headers.get("x-amz-target", ""), body) if service == "logs" else arn

    async def amended_shortcuts(method, path, headers, body, query_params, request_id):
        if IDENTIFY in headers:
            return identify(app, headers, query_params, request_id)
        if not path.startswith(PREFIX):
            return await shortcuts(method, path, headers, body, query_params, request_id)
        key = extract_access_key_id(headers, query_params)
        if not key or not is_root_access_key(key):
            return answer({"message": "Only the endpoint asks this, as root."}, 403)
        question = QUESTIONS.get(path[len(PREFIX):])
        if question is None:
            return answer({"message": f'"{path}" was asked; {", ".join(sorted(QUESTIONS))} exist below {PREFIX}. Ask one of them.'}, 404)
        return answer(question(json.loads(body or b"{}")))

    iam_actions.extract_resource_arn = amended_resource_arn
    app._handle_post_body_shortcuts = amended_shortcuts
