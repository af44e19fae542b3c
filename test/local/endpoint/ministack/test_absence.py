"""What reading an object needs that is not there."""

import os
import sys
import unittest
from types import SimpleNamespace

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "..", "local", "endpoint", "ministack"))

from amendments import absence  # noqa: E402

BUCKET = "arn:aws:s3:::b"


def asked(method, path, action, present):
    return absence.questions(SimpleNamespace(_s3_action=lambda *_args: action), lambda *_args: present, method, path, {})


class Missing(unittest.TestCase):
    def test_an_object_that_is_missing_needs_the_right_to_list(self):
        self.assertEqual(asked("GET", "/b/k", "GetObject", False), [("s3:ListBucket", BUCKET)])
        self.assertEqual(asked("HEAD", "/b/k/l", "GetObject", False), [("s3:ListBucket", BUCKET)])
        self.assertEqual(asked("GET", "/b/k", "GetObjectVersion", False), [("s3:ListBucketVersions", BUCKET)])

    def test_one_that_is_there_a_missing_bucket_and_a_write_need_nothing_more(self):
        for case in (("GET", "/b/k", "GetObject", True), ("GET", "/b/k", "GetObject", None), ("PUT", "/b/k", "PutObject", False), ("GET", "/b", "ListBucket", False), ("GET", "/b/k", "GetObjectTagging", False)):
            self.assertEqual(asked(*case), [], case)


if __name__ == "__main__":
    unittest.main()
