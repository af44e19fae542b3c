"""EventBridge starts builds: a rule's target that is a CodeBuild project, which MiniStack only logs as unsupported.

The target's role is assumed for EventBridge on behalf of the rule, and the build is started by an ordinary call of that session through the
endpoint, so its right is asked and recorded there like anybody's.
"""

import contextvars
import json
import os
import threading
import time

from . import authorisation

# Seconds between looks whether a build has ended.
LOOKING = 2.0


class InTurn:
    """One build at a time for each rule, and one more for all that came meanwhile.

    AWS starts one for each event. Here builds share one machine, and a rule that hears of failed runs must not fill it: whoever looks after
    a pipeline looks at its state, so one look after the last event sees what every earlier one would have seen.
    """

    def __init__(self, start, wait, spawn):
        self._start, self._wait, self._spawn = start, wait, spawn
        self._lock, self._running, self._next = threading.Lock(), set(), {}

    def submit(self, rule: str, order) -> None:
        with self._lock:
            if rule in self._running:
                self._next[rule] = order
                return
            self._running.add(rule)
        self._spawn(lambda: self._work(rule, order))

    def _work(self, rule: str, order) -> None:
        while order is not None:
            build = self._start(order)
            if build is not None:
                self._wait(build)
            with self._lock:
                order = self._next.pop(rule, None)
                if order is None:
                    self._running.discard(rule)


def overrides(given) -> dict:
    """What the target's input says of the build; an event as it is says nothing."""
    try:
        value = json.loads(given) if given else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def client(keys=None):
    import boto3

    mine = {} if keys is None else {"aws_access_key_id": keys["accessKeyId"], "aws_secret_access_key": keys["secretAccessKey"], "aws_session_token": keys["sessionToken"]}
    return boto3.client("codebuild", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name=os.environ.get("AWS_REGION"), **mine)


def session_name(rule: str) -> str:
    return f"rule-{rule.rsplit('/', 1)[-1]}"[:64]


def starting(logger):
    """@returns a function from an order to the id of the build that it started, None where it started none"""

    def start(order):
        rule, project, role, given = order
        try:
            session = authorisation.assume({"roleArn": role, "service": "events.amazonaws.com", "sourceArn": rule, "sessionName": session_name(rule), "seconds": 900, "region": rule.split(":")[3]})
            if not session["allowed"]:
                raise PermissionError(session["message"])
            return client(session).start_build(**{**overrides(given), "projectName": project.rsplit("/", 1)[-1]})["build"]["id"]
        except Exception as error:  # noqa: BLE001 - EventBridge counts a failed invocation and goes on
            logger.error("EventBridge: rule %s did not start a build of %s: %s", rule, project, error)
            return None

    return start


def wait(build: str) -> None:
    try:
        while not client().batch_get_builds(ids=[build])["builds"][0]["buildComplete"]:
            time.sleep(LOOKING)
    except Exception:  # noqa: BLE001 - the endpoint is ending, and its builds with it
        return


def spawn(work) -> None:
    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()


def apply(eventbridge) -> None:
    invoke, in_turn = eventbridge._invoke_target, InTurn(starting(eventbridge.logger), wait, spawn)

    def amended_invoke(target, event, rule, view=None):
        arn = target.get("Arn", "")
        if arn.split(":")[2:3] != ["codebuild"]:
            return invoke(target, event, rule, view)
        if not target.get("RoleArn"):
            eventbridge.logger.error("EventBridge: target %s of rule %s has no role to start a build with", arn, rule.get("Arn"))
            return None
        view = view or eventbridge._pattern_event_view(event)
        given = eventbridge._apply_input_transformer(target["InputTransformer"], rule, view) if target.get("InputTransformer") else target.get("Input")
        return in_turn.submit(rule["Arn"], (rule["Arn"], arn, target["RoleArn"], given))

    eventbridge._invoke_target = amended_invoke
