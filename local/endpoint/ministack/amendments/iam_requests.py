"""What a call is to IAM, where MiniStack has it otherwise than AWS's service authorization reference: action, resource, condition keys, passed roles.

Without this a policy that is right for AWS would be refused here, or one that is wrong would pass.
"""

import contextvars
import json
import re
from urllib.parse import unquote

from . import data_requests

# Actions that hand a role to a service: where the role stands in the request, and who gets it. AWS asks for iam:PassRole then.
PASSED = {
    "lambda:CreateFunction": (lambda data: [data.get("Role")], "lambda.amazonaws.com"),
    "lambda:UpdateFunctionConfiguration": (lambda data: [data.get("Role")], "lambda.amazonaws.com"),
    "scheduler:CreateSchedule": (lambda data: [(data.get("Target") or {}).get("RoleArn")], "scheduler.amazonaws.com"),
    "scheduler:UpdateSchedule": (lambda data: [(data.get("Target") or {}).get("RoleArn")], "scheduler.amazonaws.com"),
    "events:PutTargets": (lambda data: [target.get("RoleArn") for target in data.get("Targets") or []], "events.amazonaws.com"),
    "states:CreateStateMachine": (lambda data: [data.get("roleArn")], "states.amazonaws.com"),
    "states:UpdateStateMachine": (lambda data: [data.get("roleArn")], "states.amazonaws.com"),
}

LAMBDA = "lambda.amazonaws.com"

# What else the call under way is asked for, by its action: (action, resource, condition keys); enforce() is not given the body.
more_questions = contextvars.ContextVar("more_questions", default=(None, ()))


def lambda_action(match, method: str, path: str):
    """The API's operation by its route: MiniStack takes UpdateAlias for ListAliases, DeleteFunctionConcurrency for its opposite, and others."""
    operation = match("lambda", method, path, {})
    return {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeFunction", "InvokeWithResponseStream": "InvokeFunction"}.get(operation, operation)


def resource(service: str, action: str, found: str, path: str, data: dict, params: dict, region: str, account: str) -> str:
    if action == "lambda:CreateFunction" and data.get("FunctionName"):
        return function_arn(data["FunctionName"], region, account)
    if service == "glue":
        return (data_requests.glue(action, data, region, account) or [found])[0]
    if service == "ssm":
        return (data_requests.ssm(action, data, region, account) or [found])[0]
    if service == "athena" and data_requests.athena(action, data, region, account):
        return data_requests.athena(action, data, region, account)
    if action == "ecr:DescribeRepositories" and data.get("repositoryNames"):
        return repository_arn(data["repositoryNames"][0], region, account)
    if found == "*" and tagged_resource(action, data, params):
        return tagged_resource(action, data, params)
    if action == "cloudwatch:DeleteAlarms":
        return (alarm_arns(action, data, params, region, account) or [found])[0]
    if service == "events":
        # Targets are asked on their rule. Rules of the default bus have no bus in their ARN.
        rule, bus = data.get("Rule"), data.get("EventBusName") or "default"
        asked = f"arn:aws:events:{region}:{account}:rule/{bus.rpartition('/')[2]}/{rule}" if rule else found
        return asked.replace(":rule/default/", ":rule/")
    if service == "scheduler" and "/schedules/" in path:
        group = data.get("GroupName") or params.get("groupName") or "default"
        return f"arn:aws:scheduler:{region}:{account}:schedule/{group if isinstance(group, str) else group[0]}/{unquote(path.rsplit('/', 1)[-1])}"
    if service == "iam" and ":role/" in found:
        return role_arn(found, action, params, account)
    return found


def role_arn(found: str, action: str, params: dict, account: str) -> str:
    """With its path, which only the role itself or its creation tells."""
    from ministack.services import iam as iam_svc

    name = found.rsplit("/", 1)[-1]
    role = iam_svc._roles.get_scoped(account, None, name)
    path = text(params, "Path") or "/"
    return role["Arn"] if role else f"arn:aws:iam::{account}:role{path}{name}" if action == "iam:CreateRole" else found


def keys(service: str, action: str, path: str, data: dict, params: dict, region: str, account: str) -> dict:
    from ministack.services import iam as iam_svc
    from ministack.services import lambda_svc

    found = {}
    if service == "iam":
        given = text(params, "PermissionsBoundary")
        role = iam_svc._roles.get_scoped(account, None, text(params, "RoleName")) or {}
        boundary = given if action in ("iam:CreateRole", "iam:PutRolePermissionsBoundary") else role.get("PermissionsBoundary")
        found = {"iam:PermissionsBoundary": boundary, "iam:PolicyARN": text(params, "PolicyArn")}
    elif service == "lambda":
        mapping = lambda_svc._esms.get(path.rstrip("/").rsplit("/", 1)[-1]) if "/event-source-mappings/" in path else None
        name = data.get("FunctionName") if action == "lambda:CreateEventSourceMapping" else (mapping or {}).get("FunctionArn")
        found = {
            "lambda:FunctionArn": function_arn(name, region, account) if name else None,
            "lambda:Principal": data.get("Principal"),
            "lambda:FunctionUrlAuthType": data.get("FunctionUrlAuthType") or data.get("AuthType"),
        }
    return {key: value for key, value in found.items() if value}


def questions(action: str, data: dict, path: str, region: str, account: str) -> tuple:
    """Each role that is passed, each further resource that the call names, and the image of a function."""
    function = data.get("FunctionName") or unquote(path.partition("/functions/")[2].partition("/")[0])
    roles_of, target = PASSED.get(action, (lambda _data: [], ""))
    passed = [("iam:PassRole", role, {"iam:PassedToService": target}) for role in roles_of(data) if role]
    repositories = data.get("repositoryNames") or [] if action == "ecr:DescribeRepositories" else []
    further = [repository_arn(name, region, account) for name in repositories[1:]] + alarm_arns(action, data, {}, region, account)[1:]
    named = data_requests.glue if action.startswith("glue:") else data_requests.ssm if action.startswith("ssm:") else None
    further += named(action, data, region, account)[1:] if named else []
    return (*passed, *((action, arn, {}) for arn in further), *((asked, arn, {}) for asked, arn in image_questions(action, data, function, region, account)))


def image_questions(action: str, data: dict, function: str, region: str, account: str) -> list:
    """Who gives a function an image must be allowed to pull it, and to let Lambda pull it where the repository does not yet."""
    given = (data.get("Code") or {}).get("ImageUri") if action == "lambda:CreateFunction" else data.get("ImageUri") if action == "lambda:UpdateFunctionCode" else ""
    repository = re.sub(r"(@sha256:[0-9a-f]+|:[^:/@]+)$", "", given or "").partition("/")[2]
    if not repository:
        return []
    arn = repository_arn(repository, region, account)
    opening = [] if lambda_may_pull(arn, function_arn(function, region, account), region, account) else ["ecr:GetRepositoryPolicy", "ecr:SetRepositoryPolicy"]
    return [(asked, arn) for asked in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", *opening)]


def lambda_may_pull(repository: str, function: str, region: str, account: str) -> bool:
    from ministack.core import iam_evaluator as iam
    from ministack.services import ecr

    policy, _owner = ecr.repository_policy_for_arn(repository) or ("", "")
    context = iam.EvalContext(
        principal_arn=LAMBDA, principal_type="Service", principal_account=account, action="ecr:BatchGetImage", resource_arn=repository,
        region=region, service_context={"aws:sourcearn": function, "aws:sourceaccount": account},
    )
    return bool(policy) and iam.evaluate_resource_policy(policy, context, service=LAMBDA).decision == "Allow"


def alarm_arns(action: str, data: dict, params: dict, region: str, account: str) -> list:
    if action != "cloudwatch:DeleteAlarms":
        return []
    names = data.get("AlarmNames") or [value for key, value in sorted(params.items()) if key.startswith("AlarmNames.member.")]
    return [f"arn:aws:cloudwatch:{region}:{account}:alarm:{name if isinstance(name, str) else name[0]}" for name in names]


def tagged_resource(action: str, data: dict, params: dict) -> str:
    """What TagResource, UntagResource and the listing of tags are about, under whatever name the service has for it."""
    if not action.endswith(("TagResource", "UntagResource", "TagsForResource", "TagsOfResource")):
        return ""
    names = ("ResourceArn", "ResourceARN", "resourceArn", "resourceARN")
    return next((data.get(name) or text(params, name) for name in names if data.get(name) or text(params, name)), "")


def repository_arn(name: str, region: str, account: str) -> str:
    return f"arn:aws:ecr:{region}:{account}:repository/{name}"


def function_arn(name: str, region: str, account: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:lambda:{region}:{account}:function:{name}"


def text(params: dict, name: str) -> str:
    value = params.get(name) or ""
    return value if isinstance(value, str) else value[0]


def body_of(body: bytes) -> dict:
    try:
        data = json.loads(body) if body[:1] == b"{" else {}
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return data if isinstance(data, dict) else {}


def apply() -> None:
    from ministack.core import iam_actions as actions
    from ministack.core import iam_evaluator as iam

    match, extract_resource, request_tags, enforce = actions._match_rest_action, actions.extract_resource_arn, actions.request_tag_context, iam.enforce
    # Between the two functions that MiniStack asks one after the other, in one task.
    call = contextvars.ContextVar("call_under_way", default=None)

    def amended_resource(service, method, path, headers, body, query_params, region, account_id):
        found = extract_resource(service, method, path, headers, body, query_params, region, account_id)
        action = actions.extract_iam_action(service, method, path, headers, body, query_params) or ""
        call.set((service, action, path, region, account_id))
        return resource(service, action, found, path, body_of(body), query_params or {}, region, account_id)

    def amended_tags(service, iam_action, body, params):
        data, under_way, more = body_of(body), call.get(), {}
        more_questions.set((None, ()))
        if under_way is not None and under_way[:2] == (service, iam_action):
            _service, _action, path, region, account = under_way
            more_questions.set((iam_action, questions(iam_action, data, path, region, account)))
            more = keys(service, iam_action, path, data, params or {}, region, account)
        return {**request_tags(service, iam_action, body, params), **more}

    def amended_enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        result = enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, service_context=service_context)
        under_way, more = more_questions.get()
        if result is not None or under_way != iam_action:
            return result
        for action, resource, context in more:
            refused = enforce(access_key_id, action, action.split(":")[0], region, resource_arn=resource, service_context=context)
            if refused is not None:
                return refused
        return None

    actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]
    actions._lambda_action = lambda method, path: lambda_action(match, method, path)
    # The request handlers import these by name at every call, so they get the amended ones.
    actions.extract_resource_arn = amended_resource
    actions.request_tag_context = amended_tags
    iam.enforce = amended_enforce
