"""Which key a request to S3 needs, and for what."""

import os
import sys
import unittest
from types import SimpleNamespace

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "..", "local", "endpoint", "ministack"))

from amendments import encryption  # noqa: E402


def stored(key: str) -> dict:
    return {"preserved_headers": {encryption.KEY_HEADER: key} if key else {}}


S3 = SimpleNamespace(
    _bucket_default_sse_headers=lambda bucket: {encryption.KEY_HEADER: "alias/default"} if bucket == "secret" else {},
    _buckets={"secret": {"objects": {"new": stored("key-2"), "plain": stored("")}}, "open": {"objects": {}}},
    _object_versions={("secret", "new"): [{"version_id": "v1", **stored("key-1")}]},
    _qp=lambda params, name, default: params.get(name, [default])[0],
)


def source(headers: dict):
    named = headers.get("x-amz-copy-source")
    return (f"arn:aws:s3:::{named}", "") if named else None


ACTIONS = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}


def asked(method: str, path: str, headers=None, params=None) -> list:
    actions = SimpleNamespace(_s3_action=lambda method, *_rest: ACTIONS[method], _s3_source_object=source)
    return [question for question in encryption.object_questions(S3, actions, method, path, headers or {}, params or {}) if question[1]]


class Objects(unittest.TestCase):
    def test_are_written_with_the_key_of_the_request_else_of_the_bucket(self):
        self.assertEqual(asked("PUT", "/secret/a"), [("kms:GenerateDataKey", "alias/default")])
        named = {"x-amz-server-side-encryption": "aws:kms", encryption.KEY_HEADER: "key-9"}
        self.assertEqual(asked("PUT", "/secret/a", named), [("kms:GenerateDataKey", "key-9")])
        self.assertEqual(asked("PUT", "/secret/a", {"x-amz-server-side-encryption": "AES256"}), [])
        self.assertEqual(asked("PUT", "/open/a"), [])

    def test_in_parts_need_the_right_to_open_them_too(self):
        self.assertEqual([action for action, _key in asked("PUT", "/secret/a", {}, {"uploadId": ["1"]})], ["kms:GenerateDataKey", "kms:Decrypt"])

    def test_are_opened_with_the_key_they_were_written_with(self):
        self.assertEqual(asked("GET", "/secret/new"), [("kms:Decrypt", "key-2")])
        self.assertEqual(asked("GET", "/secret/new", {}, {"versionId": ["v1"]}), [("kms:Decrypt", "key-1")])
        for path in ("/secret/plain", "/secret/none", "/secret", "/nowhere/a"):
            self.assertEqual(asked("GET", path), [])

    def test_described_or_deleted_need_none(self):
        self.assertEqual(asked("HEAD", "/secret/new") + asked("DELETE", "/secret/new"), [])

    def test_copied_are_opened_and_written(self):
        self.assertEqual(asked("PUT", "/secret/a", {"x-amz-copy-source": "secret/new"}), [("kms:GenerateDataKey", "alias/default"), ("kms:Decrypt", "key-2")])


if __name__ == "__main__":
    unittest.main()
