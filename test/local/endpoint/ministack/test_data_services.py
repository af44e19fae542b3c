"""Step Functions, Scheduler and the catalogue: the parts that need no MiniStack."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "..", "local", "endpoint", "ministack"))

from amendments import catalogue, data_requests, executions, schedules  # noqa: E402

REGION, ACCOUNT = "us-east-1", "000000000000"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}:"


class Calls(unittest.TestCase):
    def test_the_right_is_asked_on_the_alias_that_is_called(self):
        self.assertEqual(executions.function_arn(f"{FUNCTION}:live", None, REGION, ACCOUNT), f"{FUNCTION}:live")
        self.assertEqual(executions.function_arn("f", "live", REGION, ACCOUNT), f"{FUNCTION}:live")
        self.assertEqual(executions.function_arn(f"{FUNCTION}:live", "2", REGION, ACCOUNT), f"{FUNCTION}:live")
        self.assertEqual(executions.function_arn("f", None, REGION, ACCOUNT), FUNCTION)

    def test_an_error_has_the_functions_type_and_all_it_said_as_cause(self):
        body = {"errorType": "ValueError", "errorMessage": "x", "stackTrace": []}
        self.assertEqual(executions.failure({"error": True, "body": body}), ("ValueError", json.dumps(body)))
        self.assertEqual(executions.failure({"error": True, "body": "text"}), ("Lambda.Unknown", "text"))

    def test_throttling_can_be_told_from_a_failure(self):
        error, cause = executions.failure({"error": True, "throttle": True, "body": {"message": "Rate Exceeded."}})
        self.assertEqual((error, cause), ("Lambda.TooManyRequestsException", "Rate Exceeded."))

    def test_an_answer_is_json_where_it_is_json(self):
        self.assertEqual([executions.payload_of(body) for body in ('{"a": 1}', b"[1]", "no json", None, {"a": 1})], [{"a": 1}, [1], "no json", None, {"a": 1}])


class Names(unittest.TestCase):
    def test_a_repetition_is_the_same_input_while_it_runs(self):
        running = {"status": "RUNNING", "input": '{"a":1}'}
        self.assertTrue(executions.same_running(running, '{"a":1}'))
        self.assertFalse(executions.same_running(running, '{"a":2}'))
        self.assertFalse(executions.same_running({**running, "status": "SUCCEEDED"}, '{"a":1}'))
        self.assertFalse(executions.same_running(None, '{"a":1}'))


class Restarts(unittest.TestCase):
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}})

    @staticmethod
    def entered(name, given, kind="Pass"):
        return {"type": f"{kind}StateEntered", "stateEnteredEventDetails": {"name": name, "input": json.dumps(given)}}

    def test_an_execution_goes_on_with_the_state_that_it_was_in(self):
        events = [{"type": "ExecutionStarted"}, self.entered("A", {"a": 1}), {"type": "PassStateExited"}, self.entered("B", {"a": 2}, "Succeed")]
        machine = json.loads(executions.resumption(self.definition, events))
        self.assertEqual(machine["StartAt"], executions.RESUMED)
        self.assertEqual(machine["States"][executions.RESUMED], {"Type": "Pass", "Result": {"a": 2}, "Next": "B"})
        self.assertEqual(machine["States"]["A"], {"Type": "Pass", "Next": "B"})

    def test_two_restarts_in_a_row_lose_nothing(self):
        events = [self.entered("B", {"a": 2}, "Succeed"), self.entered(executions.RESUMED, {"first": "input"})]
        self.assertEqual(json.loads(executions.resumption(self.definition, events))["States"][executions.RESUMED]["Next"], "B")

    def test_one_that_had_not_begun_begins_and_one_whose_state_is_gone_cannot_go_on(self):
        self.assertEqual(executions.resumption(self.definition, [{"type": "ExecutionStarted"}]), self.definition)
        self.assertIsNone(executions.resumption(self.definition, [self.entered("Gone", {})]))


class Schedules(unittest.TestCase):
    def test_a_target_is_a_function_whatever_its_alias(self):
        self.assertEqual([schedules.function_of(arn) for arn in (f"{FUNCTION}:live", FUNCTION, "arn:aws:sqs:us-east-1:0:q", "")], ["f", "f", "", ""])

    def test_the_role_is_assumed_for_the_group(self):
        self.assertEqual(schedules._group_arn("arn:aws:scheduler:us-east-1:0:schedule/default/s"), "arn:aws:scheduler:us-east-1:0:schedule-group/default")


class Questions(unittest.TestCase):
    def test_a_partition_is_asked_on_table_database_and_catalogue(self):
        asked = data_requests.glue("glue:CreatePartition", {"DatabaseName": "d", "TableName": "t"}, REGION, ACCOUNT)
        self.assertEqual(asked, [f"{GLUE}table/d/t", f"{GLUE}database/d", f"{GLUE}catalog"])

    def test_tables_are_found_by_whatever_name_the_call_has_for_them(self):
        for name, data in (("GetTable", {"Name": "t"}), ("CreateTable", {"TableInput": {"Name": "t"}}), ("BatchDeleteTable", {"TablesToDelete": ["t"]})):
            self.assertEqual(data_requests.glue(f"glue:{name}", {"DatabaseName": "d", **data}, REGION, ACCOUNT)[0], f"{GLUE}table/d/t", name)
        self.assertEqual(data_requests.glue("glue:GetTables", {"DatabaseName": "d"}, REGION, ACCOUNT)[0], f"{GLUE}table/d/*")

    def test_databases_and_what_is_not_of_the_catalogue(self):
        self.assertEqual(data_requests.glue("glue:CreateDatabase", {"DatabaseInput": {"Name": "d"}}, REGION, ACCOUNT), [f"{GLUE}database/d", f"{GLUE}catalog"])
        self.assertEqual(len(data_requests.glue("glue:DeleteDatabase", {"Name": "d"}, REGION, ACCOUNT)), 4)
        self.assertEqual(data_requests.glue("glue:GetTags", {"ResourceArn": "arn:x"}, REGION, ACCOUNT), ["arn:x"])
        self.assertEqual(data_requests.glue("glue:StartCrawler", {"Name": "c"}, REGION, ACCOUNT), [])

    def test_several_parameters_are_each_asked_for_and_a_path_as_itself(self):
        ours = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/"
        self.assertEqual(data_requests.ssm("ssm:GetParameters", {"Names": ["/a/b", "c:2"]}, REGION, ACCOUNT), [f"{ours}a/b", f"{ours}c"])
        self.assertEqual(data_requests.ssm("ssm:GetParametersByPath", {"Path": "/a"}, REGION, ACCOUNT), [f"{ours}a"])
        self.assertEqual(data_requests.ssm("ssm:AddTagsToResource", {"ResourceType": "Parameter", "ResourceId": "/a"}, REGION, ACCOUNT), [f"{ours}a"])
        self.assertEqual(data_requests.ssm("ssm:GetParameter", {"Name": "/a"}, REGION, ACCOUNT), [])


class Partitions(unittest.TestCase):
    partitions = [{"Values": ["a"], "DatabaseName": "d", "Parameters": {"old": "1"}}, {"Values": ["b"]}]

    def test_an_update_replaces_one_and_keeps_where_it_is(self):
        changed, other = catalogue.updated(self.partitions, ["a"], {"Values": ["a"], "Parameters": {"new": "1"}})
        self.assertEqual((changed["Parameters"], changed["DatabaseName"], other), ({"new": "1"}, "d", {"Values": ["b"]}))

    def test_none_where_there_is_none_or_the_new_values_are_taken(self):
        self.assertIsNone(catalogue.updated(self.partitions, ["c"], {}))
        self.assertIsNone(catalogue.updated(self.partitions, ["a"], {"Values": ["b"]}))


if __name__ == "__main__":
    unittest.main()
