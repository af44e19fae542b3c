"""What MiniStack's Lambda, Step Functions and Scheduler do otherwise than AWS documents, mended inside; and its policy engine, opened to the endpoint.

Only what cannot be reached from outside is here: these things happen between MiniStack's services and its containers and never pass the
endpoint. What each mends, with AWS's documentation, is listed in local/endpoint/README.md.
"""

from . import absence, asynchronous, authorisation, build_targets, calls, catalogue, containers, encryption, executions, iam_requests, invocations, rights, schedules, state, versions, weights


def apply(root: str, registry: str) -> None:
    from ministack import app
    from ministack.services import eventbridge, glue, lambda_svc, s3, scheduler, stepfunctions

    containers.apply(lambda_svc, root)
    invocations.apply(lambda_svc, app)
    versions.apply(lambda_svc, registry)
    weights.apply(lambda_svc)
    asynchronous.apply(lambda_svc, s3, eventbridge)
    rights.apply(lambda_svc, s3, eventbridge)
    executions.apply(stepfunctions, lambda_svc, scheduler)
    schedules.apply(eventbridge, scheduler, authorisation)
    catalogue.apply(glue)
    build_targets.apply(eventbridge)
    calls.apply()
    iam_requests.apply()
    encryption.apply()
    absence.apply()
    authorisation.apply(app)
    state.apply(app)
