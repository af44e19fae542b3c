"""Calls of the data services on a MiniStack without Docker, by boto3; the facts on stdout as JSON. Arguments: its address, and `before` or `after` a restart."""

import json
import sys
import time

import boto3
from botocore.exceptions import ClientError

URL, PHASE, REGION, ACCOUNT = sys.argv[1], sys.argv[2], "us-east-1", "000000000000"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:absent:live"
MACHINES = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:"


def client(service, credentials=None):
    keys = credentials or {"AccessKeyId": "AKIAROOT", "SecretAccessKey": "root"}
    return boto3.client(service, endpoint_url=URL, region_name=REGION, aws_access_key_id=keys["AccessKeyId"],
                        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys.get("SessionToken"))


def outcome(call):
    try:
        return call() or "ok"
    except ClientError as error:
        return error.response["Error"]["Code"]


def allow(actions, resources):
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def role(name, service, *statements):
    principal = {"Service": service} if service else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    return arn


def session(name, *statements):
    return client("sts").assume_role(RoleArn=role(name, None, *statements), RoleSessionName="session")["Credentials"]


def machine(name, role_arn, states, start):
    return states_api.create_state_machine(name=name, roleArn=role_arn, definition=json.dumps({"StartAt": start, "States": states}), tracingConfiguration={"enabled": True})["stateMachineArn"]


def ended(arn):
    for _ in range(200):
        found = states_api.describe_execution(executionArn=arn)
        if found["status"] != "RUNNING":
            return {key: found.get(key) for key in ("status", "error", "output")}
        time.sleep(0.1)
    return {"status": "RUNNING"}


iam, states_api, facts = client("iam"), client("stepfunctions"), {}
if PHASE == "after":
    facts["resumed"] = ended(f"arn:aws:states:{REGION}:{ACCOUNT}:execution:waiting:before")
else:
    call = {"Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": FUNCTION}, "End": True}}
    trusted, bare = role("trusted", "states.amazonaws.com", allow("lambda:InvokeFunction", FUNCTION)), role("bare", "states.amazonaws.com")
    facts["untrusted"] = outcome(lambda: machine("untrusted", role("untrusted", "lambda.amazonaws.com"), call, "Call"))
    for name, arn in (("allowed", trusted), ("refused", bare)):
        facts[name] = ended(states_api.start_execution(stateMachineArn=machine(name, arn, call, "Call"))["executionArn"])
    facts["tracing"] = states_api.describe_state_machine(stateMachineArn=MACHINES + "allowed").get("tracingConfiguration")
    wait = {"Mark": {"Type": "Pass", "Result": "marked", "ResultPath": "$.mark", "Next": "Wait"}, "Wait": {"Type": "Wait", "Seconds": 3, "Next": "Done"}, "Done": {"Type": "Succeed"}}
    waiting = machine("waiting", trusted, wait, "Mark")
    first = states_api.start_execution(stateMachineArn=waiting, name="before", input='{"a": 1}')
    again = states_api.start_execution(stateMachineArn=waiting, name="before", input='{"a": 1}')
    facts["repeated"] = [first["executionArn"] == again["executionArn"], first["startDate"] == again["startDate"]]
    facts["otherInput"] = outcome(lambda: states_api.start_execution(stateMachineArn=waiting, name="before", input="{}"))

    for name, arn in (("good", role("scheduling", "scheduler.amazonaws.com", allow("lambda:InvokeFunction", FUNCTION))), ("bad", role("idle", "scheduler.amazonaws.com"))):
        client("scheduler").create_schedule(Name=name, ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": FUNCTION, "RoleArn": arn, "Input": '{"from": 1}'})

    glue, ours = client("glue"), f"arn:aws:glue:{REGION}:{ACCOUNT}:"
    glue.create_database(DatabaseInput={"Name": "lake"})
    glue.create_table(DatabaseName="lake", TableInput={"Name": "t"})
    partition, actions = {"Values": ["1"]}, ["glue:CreatePartition", "glue:GetPartition", "glue:UpdatePartition"]
    resources = [ours + "catalog", ours + "database/lake", ours + "table/lake/t"]
    for left_out in range(3):
        caller = client("glue", session(f"glue-{left_out}", allow(actions, resources[:left_out] + resources[left_out + 1:])))
        facts[f"glueWithout{left_out}"] = outcome(lambda: caller.create_partition(DatabaseName="lake", TableName="t", PartitionInput=partition) and "ok")
    caller = client("glue", session("glue", allow(actions, resources)))
    facts["glue"] = outcome(lambda: caller.create_partition(DatabaseName="lake", TableName="t", PartitionInput=partition) and "ok")
    caller.update_partition(DatabaseName="lake", TableName="t", PartitionValueList=["1"], PartitionInput={"Values": ["1"], "Parameters": {"a": "b"}})
    facts["updated"] = caller.get_partition(DatabaseName="lake", TableName="t", PartitionValues=["1"])["Partition"]["Parameters"]
    facts["withoutTable"] = outcome(lambda: glue.create_partition(DatabaseName="lake", TableName="u", PartitionInput=partition) and "ok")

    athena = client("athena")
    athena.create_work_group(Name="w")
    query = athena.create_named_query(Name="q", Database="lake", QueryString="SELECT 1", WorkGroup="w")["NamedQueryId"]
    for name, group in (("athena", "w"), ("athenaElsewhere", "v")):
        caller = client("athena", session(name, allow("athena:GetNamedQuery", f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/{group}")))
        facts[name] = outcome(lambda: caller.get_named_query(NamedQueryId=query)["NamedQuery"]["QueryString"])
    ssm = client("ssm")
    for name in ("/p/a", "/p/b"):
        ssm.put_parameter(Name=name, Value="v", Type="String")
    caller = client("ssm", session("ssm", allow(["ssm:GetParameters", "ssm:GetParametersByPath"], f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/p/a")))
    facts["ssmOne"] = outcome(lambda: len(caller.get_parameters(Names=["/p/a"])["Parameters"]))
    facts["ssmTwo"] = outcome(lambda: len(caller.get_parameters(Names=["/p/a", "/p/b"])["Parameters"]))

print(json.dumps(facts))
