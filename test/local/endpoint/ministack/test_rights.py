"""What the amendments for the endpoint's own services decide by themselves."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "..", "local", "endpoint", "ministack"))

from amendments import authorisation, calls  # noqa: E402

GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/g"


class Recording(unittest.TestCase):
    def test_each_combination_once_with_a_count_in_order(self):
        record = calls.Calls()
        for allowed in (True, False, True):
            record.note("role", "s3:GetObject", "arn:b", allowed)
        record.note("role", "s3:GetObject", "arn:a", True)
        listed = [(call["resource"], call["allowed"], call["count"]) for call in record.listing()["calls"]]
        self.assertEqual(listed, [("arn:a", True, 1), ("arn:b", False, 1), ("arn:b", True, 2)])
        record.reset()
        self.assertEqual(record.listing(), {"calls": [], "leftOut": 0})

    def test_goes_on_from_what_it_said_before_a_restart(self):
        before, after = calls.Calls(), calls.Calls()
        before.note("role", "s3:GetObject", "arn:a", True)
        before.note("role", "s3:GetObject", "arn:b", False)
        after.restore(json.loads(json.dumps(before.listing())))
        after.note("role", "s3:GetObject", "arn:a", True)
        self.assertEqual([(call["resource"], call["allowed"], call["count"]) for call in after.listing()["calls"]], [("arn:a", True, 2), ("arn:b", False, 1)])
        after.restore(None)
        self.assertEqual(len(after.listing()["calls"]), 2)

    def test_says_what_was_left_out_and_still_counts_what_it_has(self):
        record = calls.Calls(limit=1)
        for resource in ("a", "b", "a"):
            record.note("role", "s3:GetObject", resource, True)
        self.assertEqual([call["count"] for call in record.listing()["calls"]], [2])
        self.assertEqual(record.listing()["leftOut"], 1)


class Streams(unittest.TestCase):
    def test_calls_on_a_stream_are_asked_on_its_arn(self):
        body = json.dumps({"logGroupName": "/g", "logStreamName": "s/1"}).encode()
        self.assertEqual(authorisation.on_stream(GROUP, "Logs_20140328.PutLogEvents", body), f"{GROUP}:log-stream:s/1")
        self.assertEqual(authorisation.on_stream(GROUP, "Logs_20140328.DescribeLogStreams", body), GROUP)
        for broken in (b"", b"[]", b"{", b'{"logStreamName": 1}'):
            self.assertEqual(authorisation.on_stream(GROUP, "Logs_20140328.PutLogEvents", broken), GROUP)


if __name__ == "__main__":
    unittest.main()
