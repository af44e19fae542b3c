"""The keys that S3 and SNS use in their caller's name, which AWS asks the caller's rights for and MiniStack does not.

A policy sees such a question by `kms:ViaService`: a right on a key that is given for one service only opens nothing else with it.
"""

VIA = {"s3": "s3", "sns": "sns"}
KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"

# Publishing to an encrypted topic: SNS makes a data key, and looks into the message that it keeps.
PUBLISHING = ("kms:GenerateDataKey", "kms:Decrypt")


def object_questions(s3, actions, method: str, path: str, headers: dict, query_params: dict) -> list:
    """`(action, key as it is named)` that a request about an object needs beside the right on it."""
    bucket, _slash, key = path.lstrip("/").partition("/")
    action = actions._s3_action(method, path, query_params)
    if not key or action is None:
        return []
    if action == "PutObject":
        written = headers.get(KEY_HEADER) or s3._bucket_default_sse_headers(bucket).get(KEY_HEADER)
        if headers.get("x-amz-server-side-encryption", "aws:kms") != "aws:kms":
            written = None
        # A part is put together with the others later, which opens it again.
        made = [("kms:GenerateDataKey", written)] + ([("kms:Decrypt", written)] if s3._qp(query_params, "uploadId", "") else [])
        copied = actions._s3_source_object(headers)
        return made + ([("kms:Decrypt", key_of(s3, *place_of(copied[0]), copied[1]))] if copied else [])
    # A description is not encrypted.
    if action in ("GetObject", "GetObjectVersion") and method == "GET":
        return [("kms:Decrypt", key_of(s3, bucket, key, s3._qp(query_params, "versionId", "")))]
    return []


def place_of(arn: str) -> tuple:
    bucket, _slash, key = arn.removeprefix("arn:aws:s3:::").partition("/")
    return bucket, key


def key_of(s3, bucket: str, key: str, version):
    """The key that an object was encrypted with, None without one."""
    if version:
        found = next((entry for entry in s3._object_versions.get((bucket, key), []) if entry["version_id"] == version), None)
    else:
        found = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key)
    return ((found or {}).get("preserved_headers") or {}).get(KEY_HEADER)


def key_arn(named):
    """By id, ARN or alias; None for what is no key of this account, which no policy could name."""
    from ministack.services import kms

    return (kms._resolve_key(named) or {}).get("Arn") if named else None


def apply() -> None:
    from ministack.core import iam_actions as actions
    from ministack.core import iam_evaluator as iam
    from ministack.services import s3, sns

    additional, enforce = actions.s3_additional_checks, iam.enforce

    def amended_additional(method, path, headers, body, query_params):
        questions = [(action, key_arn(named)) for action, named in object_questions(s3, actions, method, path, headers, query_params)]
        return additional(method, path, headers, body, query_params) + [(action, arn) for action, arn in questions if arn]

    def ask_key(access_key_id, action, service, region, arn):
        return enforce(access_key_id, action, "kms", region, resource_arn=arn, service_context={"kms:ViaService": f"{VIA[service]}.{region}.amazonaws.com"})

    def amended_enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        if service in VIA and iam_action.startswith("kms:"):
            return ask_key(access_key_id, iam_action, service, region, resource_arn)
        result = enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, service_context=service_context)
        if result is None and iam_action == "sns:Publish":
            arn = key_arn(((sns._topics.get(resource_arn) or {}).get("attributes") or {}).get("KmsMasterKeyId"))
            return next((refused for action in PUBLISHING if arn and (refused := ask_key(access_key_id, action, service, region, arn))), None)
        return result

    actions.s3_additional_checks = amended_additional
    iam.enforce = amended_enforce
