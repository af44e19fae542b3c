"""Images of functions and the versions published of them."""

import copy
import hashlib
import json
import re
import urllib.error
import urllib.request

_URI = re.compile(r"^(?P<host>[^/]+)/(?P<name>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?$")
_MANIFESTS = ", ".join(
    f"application/vnd.{kind}+json" for kind in (
        "docker.distribution.manifest.v2", "oci.image.manifest.v1", "docker.distribution.manifest.list.v2", "oci.image.index.v1",
    )
)
# Members of a configuration that change without a change of the function.
_VOLATILE = (
    "FunctionArn", "LastModified", "LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode", "RevisionId", "State",
    "StateReason", "StateReasonCode", "Version",
)


class ImageRefused(Exception):
    """An image address that CreateFunction or UpdateFunctionCode does not take; the text is Lambda's."""


def content(config: dict) -> str:
    """Equal for configurations that Lambda would not publish as two versions."""
    stable = {key: value for key, value in config.items() if key not in _VOLATILE}
    return hashlib.sha256(json.dumps(stable, sort_keys=True, default=str).encode()).hexdigest()


def resolve(uri: str, registry: str, digest_of) -> str:
    """The address by digest of an image that is in the registry.

    `digest_of(name, reference)` answers the digest, or None where there is no such image.
    """
    match = _URI.match(uri)
    if match is None or match["host"] != registry:
        raise ImageRefused(f"Source image {uri} is not valid. Provide a valid source image.")
    digest = digest_of(match["name"], match["digest"] or match["tag"] or "latest")
    if digest is None:
        raise ImageRefused(f"Source image {uri} does not exist. Provide a valid source image.")
    return f"{registry}/{match['name']}@{digest}"


def registry_digest(registry: str):
    def digest_of(name: str, reference: str):
        request = urllib.request.Request(f"http://{registry}/v2/{name}/manifests/{reference}", method="HEAD", headers={"Accept": _MANIFESTS})
        try:
            # The registry is on this machine: a proxy of the environment must not be asked for it.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=10) as answer:
                return answer.headers.get("Docker-Content-Digest")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    return digest_of


def apply(lambda_svc, registry: str) -> None:
    from ministack.core.responses import error_response_json, json_response

    create, update, publish = lambda_svc._create_function, lambda_svc._update_code, lambda_svc._publish_version
    digest_of = registry_digest(registry)

    def mark(config: dict) -> None:
        config["CodeSha256"] = config["ImageUri"].split("@sha256:")[1]

    def published(name: str, status: int):
        code, _headers, body = amended_publish(name, {})
        return json_response(json.loads(body), status) if code < 300 else (code, _headers, body)

    def amended_create(data: dict):
        uri = (data.get("Code") or {}).get("ImageUri")
        if uri is None:
            return create(data)
        try:
            resolved = resolve(uri, registry, digest_of)
        except ImageRefused as error:
            return error_response_json("InvalidParameterValueException", str(error), 400)
        answer = create({**data, "Code": {"ImageUri": resolved}, "Publish": False})
        if answer[0] >= 300:
            return answer
        config = lambda_svc._functions[data["FunctionName"]]["config"]
        mark(config)
        return published(data["FunctionName"], 201) if data.get("Publish") else json_response(config, 201)

    def amended_update(name: str, data: dict):
        if "ImageUri" not in data:
            return update(name, data)
        try:
            resolved = resolve(data["ImageUri"], registry, digest_of)
        except ImageRefused as error:
            return error_response_json("InvalidParameterValueException", str(error), 400)
        if data.get("DryRun"):
            current = lambda_svc._functions.get(name)
            return json_response(current["config"]) if current else update(name, data)
        answer = update(name, {**data, "ImageUri": resolved, "Publish": False})
        if answer[0] >= 300:
            return answer
        config = lambda_svc._functions[name]["config"]
        mark(config)
        return published(name, 200) if data.get("Publish") else json_response(config)

    def amended_publish(name: str, data: dict):
        function = lambda_svc._functions.get(name)
        if function is None:
            return publish(name, data)
        expected = data.get("CodeSha256")
        if expected and expected != function["config"].get("CodeSha256"):
            return error_response_json(
                "InvalidParameterValueException",
                f"CodeSHA256 ({expected}) is different from current CodeSHA256 in $LATEST ({function['config'].get('CodeSha256')}). "
                "Please try again with the CodeSHA256 in $LATEST.", 400,
            )
        refused = lambda_svc._check_revision(function["config"], data)
        if refused is not None:
            return refused
        now = content(function["config"])
        latest = max(function["versions"], key=int, default=None)
        if latest is not None and function["versions"][latest].get("content") == now:
            return json_response(copy.deepcopy(function["versions"][latest]["config"]), 201)
        answer = publish(name, data)
        latest = max(function["versions"], key=int, default=None)
        if answer[0] < 300 and latest is not None:
            function["versions"][latest]["content"] = now
        return answer

    lambda_svc._create_function = amended_create
    lambda_svc._update_code = amended_update
    lambda_svc._publish_version = amended_publish
