"""What a call is to IAM: the parts that need no MiniStack."""

import os
import sys
import unittest
from unittest import mock

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "..", "local", "endpoint", "ministack"))

from amendments import iam_requests  # noqa: E402

REGION, ACCOUNT = "us-east-1", "000000000000"


def resource(service, action, found="*", path="/", data=None, params=None):
    return iam_requests.resource(service, action, found, path, data or {}, params or {}, REGION, ACCOUNT)


class Resources(unittest.TestCase):
    def test_a_function_is_named_by_the_body_that_makes_it(self):
        self.assertEqual(resource("lambda", "lambda:CreateFunction", data={"FunctionName": "f"}), f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f")

    def test_rules_of_the_default_bus_have_no_bus(self):
        self.assertEqual(resource("events", "events:PutRule", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/default/r"), f"arn:aws:events:{REGION}:{ACCOUNT}:rule/r")
        self.assertEqual(resource("events", "events:PutRule", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/own/r"), f"arn:aws:events:{REGION}:{ACCOUNT}:rule/own/r")

    def test_targets_are_asked_on_their_rule(self):
        self.assertEqual(resource("events", "events:PutTargets", data={"Rule": "r"}), f"arn:aws:events:{REGION}:{ACCOUNT}:rule/r")
        self.assertEqual(resource("events", "events:PutTargets", data={"Rule": "r", "EventBusName": "own"}), f"arn:aws:events:{REGION}:{ACCOUNT}:rule/own/r")

    def test_a_schedule_has_its_group(self):
        ours = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule"
        self.assertEqual(resource("scheduler", "scheduler:CreateSchedule", path="/schedules/s"), f"{ours}/default/s")
        self.assertEqual(resource("scheduler", "scheduler:CreateSchedule", path="/schedules/s", data={"GroupName": "g"}), f"{ours}/g/s")
        self.assertEqual(resource("scheduler", "scheduler:GetSchedule", path="/schedules/s", params={"groupName": ["g"]}), f"{ours}/g/s")

    def test_what_is_tagged_is_the_resource_whatever_the_service_calls_it(self):
        for name in ("ResourceArn", "ResourceARN", "resourceArn"):
            self.assertEqual(resource("sns", "sns:TagResource", data={name: "arn:x"}), "arn:x")
        self.assertEqual(resource("sns", "sns:ListTagsForResource", params={"ResourceArn": ["arn:x"]}), "arn:x")
        self.assertEqual(resource("dynamodb", "dynamodb:ListTagsOfResource", data={"ResourceArn": "arn:x"}), "arn:x")
        self.assertEqual(resource("sns", "sns:Publish", data={"ResourceArn": "arn:x"}), "*", "only where it is tagged")

    def test_several_repositories_and_alarms_are_each_asked_for(self):
        data = {"repositoryNames": ["a", "b"]}
        self.assertEqual(resource("ecr", "ecr:DescribeRepositories", data=data), f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/a")
        self.assertEqual(iam_requests.questions("ecr:DescribeRepositories", data, "/", REGION, ACCOUNT), (("ecr:DescribeRepositories", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/b", {}),))
        alarms = {"AlarmNames": ["a", "b"]}
        self.assertEqual(resource("monitoring", "cloudwatch:DeleteAlarms", data=alarms), f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:a")
        self.assertEqual([question[1] for question in iam_requests.questions("cloudwatch:DeleteAlarms", alarms, "/", REGION, ACCOUNT)], [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:b"])


class PassedRoles(unittest.TestCase):
    def test_whoever_hands_a_role_to_a_service_is_asked_for_pass_role(self):
        def passed(action, data):
            return iam_requests.questions(action, data, "/", REGION, ACCOUNT)

        def question(service):
            return (("iam:PassRole", "arn:role", {"iam:PassedToService": f"{service}.amazonaws.com"}),)

        self.assertEqual(passed("lambda:CreateFunction", {"Role": "arn:role"}), question("lambda"))
        self.assertEqual(passed("scheduler:CreateSchedule", {"Target": {"RoleArn": "arn:role"}}), question("scheduler"))
        self.assertEqual(passed("events:PutTargets", {"Targets": [{"Id": "1"}, {"RoleArn": "arn:role"}]}), question("events"))
        self.assertEqual(passed("lambda:UpdateFunctionConfiguration", {"MemorySize": 128}), (), "no role is named, none is passed")
        self.assertEqual(passed("lambda:UpdateFunctionCode", {"Role": "arn:role"}), ())


class Images(unittest.TestCase):
    ARN = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app/one"

    def asked(self, action, data, opened):
        with mock.patch.object(iam_requests, "lambda_may_pull", return_value=opened) as may_pull:
            found = iam_requests.questions(action, data, "/2015-03-31/functions/f/code", REGION, ACCOUNT)
        for call in may_pull.call_args_list:
            self.assertEqual(call.args[:2], (self.ARN, f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"))
        self.assertEqual({arn for _action, arn, _keys in found}, {self.ARN} if found else set())
        return [question for question, _arn, _keys in found]

    def test_whoever_gives_a_function_an_image_is_asked_whether_he_may_pull_it(self):
        pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        for address in (f"127.0.0.1:5000/app/one@sha256:{'a' * 64}", "127.0.0.1:5000/app/one:v1", "000000000000.dkr.ecr.us-east-1.amazonaws.com/app/one"):
            self.assertEqual(self.asked("lambda:UpdateFunctionCode", {"ImageUri": address}, True), pull, address)
            self.assertEqual(self.asked("lambda:CreateFunction", {"FunctionName": "f", "Code": {"ImageUri": address}}, True), pull, address)

    def test_and_whether_he_may_open_the_repository_where_lambda_may_not_pull(self):
        more = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy", "ecr:SetRepositoryPolicy"]
        self.assertEqual(self.asked("lambda:UpdateFunctionCode", {"ImageUri": "127.0.0.1:5000/app/one:v1"}, False), more)

    def test_without_an_image_nobody_is_asked(self):
        self.assertEqual(self.asked("lambda:UpdateFunctionCode", {"ZipFile": "x"}, False), [])
        self.assertEqual(self.asked("lambda:GetFunction", {"ImageUri": "127.0.0.1:5000/app/one:v1"}, False), [])


class Actions(unittest.TestCase):
    def test_the_api_is_called_invoke_and_the_right_invoke_function(self):
        def match(_service, _method, path, _params):
            return path

        self.assertEqual([iam_requests.lambda_action(match, "POST", name) for name in ("Invoke", "InvokeAsync", "UpdateAlias")], ["InvokeFunction", "InvokeFunction", "UpdateAlias"])


if __name__ == "__main__":
    unittest.main()
