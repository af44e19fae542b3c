"""Calls of a role and of others through the endpoint, by boto3; the facts on stdout as JSON. Arguments: the endpoint's address."""

import json
import sys

import boto3
from botocore.exceptions import ClientError

URL, REGION, ACCOUNT = sys.argv[1], "us-east-1", "000000000000"
PROJECT = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/"


def client(service, credentials=None, **more):
    keys = credentials or {"AccessKeyId": "AKIAROOT", "SecretAccessKey": "root"}
    return boto3.client(service, endpoint_url=URL, region_name=REGION, aws_access_key_id=keys["AccessKeyId"],
                        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys.get("SessionToken"), **more)


def outcome(call):
    try:
        call()
        return "ok"
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


iam, facts = client("iam"), {}
trust = policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"})
boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=policy(allow(["codebuild:BatchGetProjects", "codebuild:CreateProject", "iam:PassRole"], "*")))["Policy"]["Arn"]
iam.create_role(RoleName="tester", Path="/demo/", AssumeRolePolicyDocument=trust, PermissionsBoundary=boundary)
building = policy({"Effect": "Allow", "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {
    "StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": PROJECT + "mine-*"}}})
iam.create_role(RoleName="build", Path="/demo/", AssumeRolePolicyDocument=building)
build = f"arn:aws:iam::{ACCOUNT}:role/demo/build"
iam.put_role_policy(RoleName="tester", PolicyName="own", PolicyDocument=policy(
    allow(["codebuild:BatchGetProjects", "codebuild:CreateProject", "codebuild:DeleteProject"], PROJECT + "mine-*"), allow("codebuild:CreateProject", PROJECT + "foreign"),
    allow("iam:PassRole", build, Condition={"StringEquals": {"iam:PassedToService": "codebuild.amazonaws.com"}})))
session = client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/demo/tester", RoleSessionName="session")["Credentials"]
codebuild = client("codebuild", session)


def project(name, role=build):
    return dict(name=name, source={"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {}\n"}, artifacts={"type": "NO_ARTIFACTS"}, serviceRole=role,
                environment={"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"})


facts["allowed"] = outcome(lambda: codebuild.create_project(**project("mine-1")))
facts["denied"] = outcome(lambda: codebuild.batch_get_projects(names=["other"]))
facts["boundary"] = outcome(lambda: codebuild.delete_project(name="mine-1"))
facts["passRole"] = outcome(lambda: codebuild.create_project(**project("mine-2", f"arn:aws:iam::{ACCOUNT}:role/demo/tester")))
facts["trust"] = outcome(lambda: codebuild.create_project(**project("foreign")))
facts["signature"] = outcome(lambda: client("codebuild", {**session, "SecretAccessKey": "wrong"}).batch_get_projects(names=["mine-1"]))
facts["token"] = outcome(lambda: client("codebuild", {**session, "SessionToken": "wrong"}).batch_get_projects(names=["mine-1"]))
facts["unknown"] = outcome(lambda: client("codebuild", {"AccessKeyId": "AKIANOBODY", "SecretAccessKey": "x"}).list_projects())
facts["root"] = outcome(lambda: client("codebuild").list_projects())
facts["stream"] = outcome(lambda: client("logs", session).create_log_stream(logGroupName="/g", logStreamName="s"))

# A role that may use one of two keys, and only where S3 or SNS use it in its name.
kms, s3, sns = client("kms"), client("s3"), client("sns")
own, foreign = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
for name, key in (("own", own), ("foreign", foreign)):
    s3.create_bucket(Bucket=name)
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]})
    s3.put_object(Bucket=name, Key="k", Body=b"x")
topics = {name: sns.create_topic(Name=name, Attributes={"KmsMasterKeyId": key})["TopicArn"] for name, key in (("own", own), ("foreign", foreign))}
iam.create_role(RoleName="keeper", Path="/demo/", AssumeRolePolicyDocument=trust)
iam.put_role_policy(RoleName="keeper", PolicyName="own", PolicyDocument=policy(
    allow(["s3:GetObject", "s3:PutObject", "sns:Publish"], "*"),
    allow(["kms:Decrypt", "kms:GenerateDataKey"], own, Condition={"StringEquals": {"kms:ViaService": [f"s3.{REGION}.amazonaws.com", f"sns.{REGION}.amazonaws.com"]}})))
keeper = client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/demo/keeper", RoleSessionName="session")["Credentials"]
theirs = client("s3", keeper)
for name in ("own", "foreign"):
    facts[f"{name} written"] = outcome(lambda: theirs.put_object(Bucket=name, Key="k", Body=b"y"))
    facts[f"{name} read"] = outcome(lambda: theirs.get_object(Bucket=name, Key="k"))
    facts[f"{name} described"] = outcome(lambda: theirs.head_object(Bucket=name, Key="k"))
    facts[f"{name} published"] = outcome(lambda: client("sns", keeper).publish(TopicArn=topics[name], Message="m"))
facts["own missing"] = outcome(lambda: theirs.get_object(Bucket="own", Key="none"))
facts["key by itself"] = outcome(lambda: client("kms", keeper).generate_data_key(KeyId=own, KeySpec="AES_256"))
print(json.dumps(facts))
