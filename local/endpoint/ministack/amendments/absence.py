"""Who may not list a bucket is not told that an object is missing: S3 refuses him instead, naming the right that he lacks."""


def questions(actions, exists, method: str, path: str, query_params: dict) -> list:
    """The right that reading a missing object needs beside the one on the object.

    exists: told a bucket, a key and a version; None where the bucket itself is missing, which S3 says to everybody.
    """
    bucket, _slash, key = path.lstrip("/").partition("/")
    action = actions._s3_action(method, path, query_params)
    if not key or action not in ("GetObject", "GetObjectVersion"):
        return []
    right = "s3:ListBucketVersions" if action == "GetObjectVersion" else "s3:ListBucket"
    return [(right, f"arn:aws:s3:::{bucket}")] if exists(bucket, key, query_params) is False else []


def apply() -> None:
    from ministack.core import iam_actions as actions
    from ministack.services import s3

    additional = actions.s3_additional_checks

    def exists(bucket: str, key: str, query_params: dict):
        found, version = s3._buckets.get(bucket), s3._qp(query_params, "versionId", "")
        if found is None:
            return None
        return key in found["objects"] if not version or version == "null" else any(entry["version_id"] == version for entry in s3._object_versions.get((bucket, key), []))

    def amended_additional(method, path, headers, body, query_params):
        return additional(method, path, headers, body, query_params) + questions(actions, exists, method, path, query_params)

    actions.s3_additional_checks = amended_additional
