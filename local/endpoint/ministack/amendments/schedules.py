"""EventBridge Scheduler: its schedules run under their roles, and can be run now."""

import time

from . import rights

# What Scheduler needs in the role's name to reach each kind of target.
INVOKING = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish", "states": "states:StartExecution", "events": "events:PutEvents"}


def function_of(target: str) -> str:
    """The name of the function that a target's ARN means, whatever its alias; empty for other targets."""
    parts = target.split(":")
    return parts[6] if parts[2:3] == ["lambda"] and len(parts) > 6 else ""


def refusal(schedule: dict) -> str:
    """Why Scheduler could not run a schedule as its role; empty where it can."""
    role, target = schedule["Target"].get("RoleArn", ""), schedule["Target"].get("Arn", "")
    if not rights.service_may_assume(role, "scheduler.amazonaws.com", _group_arn(schedule["Arn"])):
        return f"scheduler.amazonaws.com is not authorized to assume the role {role}"
    action = INVOKING.get(":".join(target.split(":")[2:3]), "")
    if not rights.role_may({"Role": role, "FunctionName": "schedule", "FunctionArn": schedule["Arn"]}, action, target):
        return f"{role} is not authorized to perform: {action} on resource: {target}"
    return ""


def _group_arn(arn: str) -> str:
    """Scheduler names the group as aws:SourceArn when it assumes a role, not the schedule."""
    return arn.replace(":schedule/", ":schedule-group/").rsplit("/", 1)[0]


def apply(eventbridge, scheduler, authorisation) -> None:
    from ministack.core.responses import get_account_id, get_region

    invoke = eventbridge._invoke_target

    def amended_invoke(target, event, rule, view=None):
        # Rules come through here too, and have no single target.
        why = refusal(rule) if "Target" in rule else ""
        if why:
            scheduler.logger.warning("Schedule %s was not run: %s", rule["Arn"], why)
            return None
        return invoke(target, event, rule, view)

    def fire(question: dict) -> dict:
        """Runs every schedule of a function as if its time had come; names the functions that have one."""
        found = sorted(scheduler._schedules.items())
        fired = []
        for _key, schedule in found:
            if function_of(schedule["Target"].get("Arn", "")) != question["function"]:
                continue
            event = {
                "EventId": scheduler.new_uuid(), "Source": "aws.scheduler", "DetailType": "Scheduled Event", "Detail": "{}", "Time": time.time(),
                "Resources": [schedule["Arn"]], "Account": get_account_id(), "Region": get_region(),
            }
            why = refusal(schedule)
            eventbridge._invoke_target(schedule["Target"], event, schedule)
            fired.append({
                "schedule": schedule["Name"], "expression": schedule["ScheduleExpression"], "target": schedule["Target"]["Arn"],
                "input": schedule["Target"].get("Input"), **({"refused": why} if why else {}),
            })
        return {"fired": fired, "scheduled": sorted({function_of(schedule["Target"].get("Arn", "")) for _key, schedule in found} - {""})}

    eventbridge._invoke_target = amended_invoke
    authorisation.QUESTIONS["fire"] = fire
