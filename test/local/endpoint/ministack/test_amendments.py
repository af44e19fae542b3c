"""The parts of the amendments that need neither MiniStack nor Docker."""

import json
import os
import sys
import unittest
from datetime import datetime, timezone

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "..", "local", "endpoint", "ministack"))

from amendments import asynchronous, containers, invocations, state, versions, weights  # noqa: E402

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)
SEEN = "8200602e-35d4-46f3-acb1-9533248e7183"
OTHER = "734b2cb3-7f07-4654-9ab6-191f6ba54d2e"


def remark(text):
    return f"21 Nov 2026 10:13:17,024 [INFO] (rapid) {text}"


RAW = "\n".join([
    f"START RequestId: {OTHER} Version: $LATEST", remark("INIT REPORT(durationMs: 48.623000)"), remark(f"INVOKE START(requestId: {SEEN})"),
    "line one", "no line end" + remark("INVOKE RTDONE(status: success, produced bytes: 0, duration: 0.664000ms)"),
    f"END RequestId: {SEEN}", f"REPORT RequestId: {SEEN}\tInit Duration: 0.06 ms\tMax Memory Used: 256 MB",
])


class Weights(unittest.TestCase):
    def test_a_second_version_answers_its_part_of_the_calls_and_the_main_one_the_others(self):
        alias = {"FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.25}}}
        self.assertEqual([weights.chosen(alias, number) for number in (0, 0.24, 0.25, 0.99)], ["2", "2", "1", "1"])
        self.assertEqual(weights.chosen({"FunctionVersion": "3"}, 0), "3")


class Copies(unittest.TestCase):
    def test_a_store_that_changes_while_it_is_copied_is_copied_again(self):
        answers = [RuntimeError("dictionary changed size during iteration")] * 2 + ["copy"]

        def copy():
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.assertEqual(state.steady(copy, pause=0)(), "copy")

    def test_one_that_never_rests_is_reported(self):
        def copy():
            raise RuntimeError("dictionary changed size during iteration")

        with self.assertRaises(RuntimeError):
            state.steady(copy, tries=3, pause=0)()


class Logs(unittest.TestCase):
    def log(self, raw, body=None, used=40):
        return invocations.platform_log(raw, invocations.request_id(raw, OTHER), "3", body, invocations.duration(raw, 99.5, body), 256, used, NOW)

    def test_one_request_id_and_only_the_functions_own_lines(self):
        self.assertEqual(self.log(RAW), [
            f"START RequestId: {SEEN} Version: 3", "line one", "no line end", f"END RequestId: {SEEN}",
            f"REPORT RequestId: {SEEN}\tDuration: 0.66 ms\tBilled Duration: 1 ms\tMemory Size: 256 MB\tMax Memory Used: 40 MB\tInit Duration: 48.62 ms",
        ])

    def test_a_late_line_of_the_invocation_before_is_not_taken_for_this_one(self):
        late = remark("INVOKE RTDONE(status: success, produced bytes: 0, duration: 9.000000ms)") + "\n"
        self.assertEqual(invocations.request_id(f"REPORT RequestId: {OTHER}\tx\n" + RAW, "", OTHER), SEEN)
        for cut in range(len(RAW)):
            if f"REPORT RequestId: {SEEN}" not in RAW[:cut] or "RTDONE(status: success, p" not in RAW[:cut]:
                self.assertFalse(invocations.complete(late + RAW[:cut], OTHER), RAW[:cut])
        self.assertTrue(invocations.complete(late + RAW, OTHER))
        self.assertFalse(invocations.complete("", OTHER))

    def test_the_end_of_an_invocation_that_timed_out_is_seen(self):
        raw = remark(f"INVOKE START(requestId: {SEEN})") + "\nsleeping\n"
        self.assertFalse(invocations.complete(raw))
        self.assertTrue(invocations.complete(raw + remark("Reset initiated: Timeout")))

    def test_an_emulator_without_remarks_is_understood(self):
        raw = f"START RequestId: {OTHER} Version: 1\nown\nEND RequestId: {SEEN}\nREPORT RequestId: {SEEN}\tDuration: 1 ms"
        self.assertEqual((invocations.request_id(raw, ""), invocations.complete(raw)), (SEEN, True))

    def test_a_traceback_is_one_event(self):
        raw = "[ERROR] ValueError: x\rTraceback (most recent call last):\r  File"
        self.assertEqual(invocations.own_lines(raw), ["[ERROR] ValueError: x\nTraceback (most recent call last):\n  File"])

    def test_a_line_of_the_function_that_looks_like_a_platform_line_stays(self):
        self.assertEqual(invocations.own_lines("START RequestId: soon\nEND of it"), ["START RequestId: soon", "END of it"])

    def test_a_timeout_names_the_request_and_the_limit(self):
        body = invocations.with_request_id({"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 3.00 seconds"}, SEEN)
        self.assertEqual(body["errorMessage"], f"RequestId: {SEEN} Error: Task timed out after 3.00 seconds")
        lines = self.log(remark(f"INVOKE START(requestId: {SEEN})") + "\nsleeping", body)
        self.assertEqual(lines[2], f"2026-01-02T03:04:05.678Z {SEEN} Task timed out after 3.00 seconds")
        self.assertTrue(lines[-1].endswith("\tStatus: timeout"))
        self.assertIn("\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\t", lines[-1])

    def test_an_error_that_says_it_timed_out_is_not_taken_for_one(self):
        body = {"errorType": "ConnectError", "errorMessage": "Task timed out after 3.00 seconds"}
        self.assertEqual(invocations.with_request_id(body, SEEN), body)

    def test_out_of_memory_reports_the_whole_memory(self):
        body = {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {SEEN} Error: Runtime exited with error: signal: killed"}
        lines = self.log(remark(f"INVOKE START(requestId: {SEEN})"), body, used=12)
        self.assertEqual(lines[1], f"RequestId: {SEEN} Error: Runtime exited with error: signal: killed\nRuntime.ExitError")
        self.assertIn("\tMax Memory Used: 256 MB\tStatus: error\tError Type: Runtime.ExitError", lines[-1])


class Containers(unittest.TestCase):
    def test_a_functions_container_is_limited_labelled_and_restricted(self):
        given = {"image": "i", "labels": {"ministack": "lambda"}, "environment": {
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "7", "A": "b"}}
        made = containers.amended_creation(given, "/checkout")
        self.assertEqual((made["mem_limit"], made["memswap_limit"], made["read_only"], made["user"]), ("512m", "512m", True, "993:990"))
        self.assertEqual(made["labels"], {"ministack": "lambda", "container-lambdas.root": "/checkout"})
        self.assertEqual((made["environment"]["AWS_LAMBDA_LOG_GROUP_NAME"], made["environment"]["A"]), ("/aws/lambda/f", "b"))
        self.assertRegex(made["environment"]["AWS_LAMBDA_LOG_STREAM_NAME"], r"^\d{4}/\d\d/\d\d/\[7\][0-9a-f]{32}$")
        self.assertNotIn("mem_limit", given)

    def test_other_containers_are_left_alone(self):
        given = {"image": "postgres", "labels": {"ministack": "rds"}}
        self.assertIs(containers.amended_creation(given, "/checkout"), given)

    def test_versions_and_configurations_do_not_share_containers(self):
        key = lambda **config: containers.pool_key("0:r:f:image:h:5000/n@sha256:0", config)  # noqa: E731
        keys = [key(Version="1"), key(Version="2"), key(Version="1", Environment={"Variables": {"A": "1"}}),
                key(Version="1", MemorySize=256), key(Version="1", ImageConfigResponse={"ImageConfig": {"Command": ["x"]}})]
        self.assertEqual(len(set(keys)), len(keys))
        self.assertEqual(key(Version="1", RevisionId="a"), key(Version="1", RevisionId="b"))
        self.assertEqual([containers.version_of(key) for key in keys], ["1", "2", "1", "1", "1"])


    def test_connections_to_a_socket_share_one_pool_and_others_are_left_alone(self):
        class Adapter:
            socket_path, max_pool_size = "/var/run/docker.sock", 10

            def get_connection(self, url, proxies=None):
                return url

        adapter = Adapter()
        for _ in range(2):
            containers.share_connections(adapter)
        self.assertEqual({adapter.get_connection(url) for url in ("http+docker://localhost/a", "http+docker://localhost/b")}, {"http+docker://localhost"})
        containers.share_connections(object())


class Asynchronous(unittest.TestCase):
    def attempts(self, results, limits):
        waited, queue = [], list(results)
        result, attempts, condition = asynchronous.run(lambda: queue.pop(0), limits, waited.append, lambda: sum(waited))
        return attempts, condition, waited

    def test_two_retries_by_default_then_given_up(self):
        self.assertEqual(self.attempts([{"error": True}] * 3, {}), (3, "RetriesExhausted", [1, 2]))

    def test_as_many_retries_as_the_settings_say(self):
        self.assertEqual(self.attempts([{"error": True}], {"MaximumRetryAttempts": 0})[:2], (1, "RetriesExhausted"))
        self.assertEqual(self.attempts([{"error": True}, {}], {"MaximumRetryAttempts": 1})[:2], (2, "Success"))

    def test_throttling_uses_up_no_retry_but_the_age_does(self):
        throttled = {"error": True, "throttle": True}
        self.assertEqual(self.attempts([throttled] * 4 + [{}], {"MaximumRetryAttempts": 0})[:2], (5, "Success"))
        self.assertEqual(self.attempts([throttled] * 20, {"MaximumEventAgeInSeconds": 60})[1], "EventAgeExceeded")

    def test_settings_are_those_of_the_invoked_qualifier_only(self):
        function = {"event_invoke_configs": {"": {"n": 0}, "live": {"n": 1}}}
        self.assertEqual([asynchronous.settings(function, qualifier).get("n") for qualifier in ("", "$LATEST", "live", "1")], [0, 0, 1, None])

    def test_a_dead_letter_is_the_event_with_the_error_beside_it(self):
        body, attributes = asynchronous.dead_letter({"a": 1}, {"error": True, "body": {"errorMessage": "ü" * 1000}}, SEEN)
        self.assertEqual(json.loads(body), {"a": 1})
        self.assertEqual((attributes["RequestID"]["StringValue"], attributes["ErrorCode"]), (SEEN, {"DataType": "Number", "StringValue": "200"}))
        self.assertEqual(len(attributes["ErrorMessage"]["StringValue"].encode()), 1024)

    def test_a_destination_gets_the_record_of_the_invocation(self):
        arn = "arn:aws:lambda:us-east-1:000000000000:function:f:live"
        result = {"error": True, "function_error": "Unhandled", "body": {"errorMessage": "x"}}
        made = asynchronous.record({"a": 1}, result, {"Version": "4"}, arn, SEEN, 3, "RetriesExhausted", NOW)
        self.assertEqual(made, {
            "version": "1.0", "timestamp": "2026-01-02T03:04:05.678Z",
            "requestContext": {"requestId": SEEN, "functionArn": arn, "condition": "RetriesExhausted", "approximateInvokeCount": 3},
            "requestPayload": {"a": 1}, "responseContext": {"statusCode": 200, "executedVersion": "4", "functionError": "Unhandled"},
            "responsePayload": {"errorMessage": "x"},
        })


class Versions(unittest.TestCase):
    DIGEST = "sha256:" + "a" * 64

    def resolve(self, uri):
        return versions.resolve(uri, "127.0.0.1:5000", lambda name, reference: self.DIGEST if reference in ("v1", self.DIGEST) else None)

    def test_a_tag_is_resolved_once_and_a_digest_is_checked(self):
        expected = f"127.0.0.1:5000/app/one@{self.DIGEST}"
        self.assertEqual([self.resolve("127.0.0.1:5000/app/one:v1"), self.resolve(expected)], [expected, expected])

    def test_an_image_that_is_not_there_is_refused_in_lambdas_words(self):
        with self.assertRaisesRegex(versions.ImageRefused, "Source image 127.0.0.1:5000/app/one:v2 does not exist. Provide a valid source image."):
            self.resolve("127.0.0.1:5000/app/one:v2")

    def test_an_image_of_another_registry_is_refused(self):
        with self.assertRaisesRegex(versions.ImageRefused, "is not valid"):
            self.resolve("public.ecr.aws/lambda/python:3.12")

    def test_only_a_change_of_code_or_configuration_is_a_new_version(self):
        base = {"CodeSha256": "a", "Environment": {"Variables": {}}, "RevisionId": "1", "LastModified": "x", "State": "Pending"}
        self.assertEqual(versions.content(base), versions.content({**base, "RevisionId": "2", "LastModified": "y", "State": "Active"}))
        self.assertNotEqual(versions.content(base), versions.content({**base, "CodeSha256": "b"}))
        self.assertNotEqual(versions.content(base), versions.content({**base, "MemorySize": 256}))


class State(unittest.TestCase):
    def test_state_is_saved_after_calls_and_not_without(self):
        saves = []
        saver = state.Saver(lambda: saves.append(1))
        self.assertFalse(saver.step())
        saver.served()
        self.assertTrue(saver.step())
        self.assertFalse(saver.step())
        self.assertEqual(len(saves), 1)


if __name__ == "__main__":
    unittest.main()
