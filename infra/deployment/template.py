"""CloudFormation: create, update and delete the stack."""

import re
import secrets

from botocore.exceptions import BotoCoreError, ClientError

from .stack import TEMPLATE, Failure

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# States after a first creation that failed or never began. CloudFormation can't create such a stack again.
NEVER_CREATED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")
# States in which a stack can't be deployed, and what to do.
STUCK = {
    "DELETE_FAILED": "delete it with `cargo xtask destroy --stack {0}` first",
    "UPDATE_ROLLBACK_FAILED": "fix what its events name, then run `aws cloudformation continue-update-rollback "
    "--stack-name {0}`",
}


def idle_stack(stack, allowed=()):
    """The stack's description, or None if it doesn't exist. It is an error if the stack is being changed, except in
    the allowed states."""
    description = stack.describe()
    status = description["StackStatus"] if description else ""
    if status.endswith("_IN_PROGRESS") and status not in ("REVIEW_IN_PROGRESS", *allowed):
        raise Failure(f"the stack {stack.name} is being changed ({status}): try again when that has ended")
    return description


def prepare(stack, parameters):
    """Checks that the stack can be deployed, and deletes it if its first creation failed. Returns the description of the
    stack to update, or None if it must be created."""
    description = idle_stack(stack)
    status = description["StackStatus"] if description else ""
    if status in STUCK:
        raise Failure(f"the stack {stack.name} is {status}: {STUCK[status].format(stack.name)}")
    if (not description or status in NEVER_CREATED) and "UpstreamUrl" not in parameters:
        raise Failure("a first deployment needs an upstream: pass --upstream with its address")
    if status in NEVER_CREATED:
        text = f"stack {stack.name}: deleted and created again, since its first creation failed ({status})"
        stack.step(text, lambda: delete_stack(stack))
        return None
    return description


def deploy_stack(stack, before, parameters):
    """Creates the stack, or updates the one from before."""
    cloudformation = stack.client("cloudformation")
    values = [{"ParameterKey": name, "ParameterValue": str(value)} for name, value in parameters.items()]
    if before:
        # Parameters that aren't given keep their values. Those that the template no longer has are omitted.
        known = set(re.findall(r"^  (\w+):$", TEMPLATE.read_text(), re.M))
        current = {parameter["ParameterKey"] for parameter in before.get("Parameters", [])}
        values += [
            {"ParameterKey": name, "UsePreviousValue": True} for name in sorted((current & known) - parameters.keys())
        ]
    call, waiter = (
        (cloudformation.update_stack, "stack_update_complete")
        if before
        else (cloudformation.create_stack, "stack_create_complete")
    )
    token = secrets.token_hex(16)
    try:
        call(
            StackName=stack.name,
            TemplateBody=TEMPLATE.read_text(),
            Parameters=values,
            Capabilities=CAPABILITIES,
            Tags=[{"Key": "application", "Value": "rollcall"}],
            ClientRequestToken=token,
        )
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise
    wait(stack, waiter, token)


def delete_stack(stack):
    if not stack.describe():
        return
    token = secrets.token_hex(16)
    stack.client("cloudformation").delete_stack(StackName=stack.name, ClientRequestToken=token)
    wait(stack, "stack_delete_complete", token)


def wait(stack, waiter, token):
    # CloudFront may take a quarter of an hour.
    pace = {"Delay": 1, "MaxAttempts": 120} if stack.endpoint else {"Delay": 10, "MaxAttempts": 360}
    try:
        stack.client("cloudformation").get_waiter(waiter).wait(StackName=stack.name, WaiterConfig=pace)
    except BotoCoreError as error:
        why = failures(stack, token)
        raise Failure(f"the stack {stack.name} failed: {why or error}") from error


def failures(stack, token):
    """Why the operation with this token failed: the failures in the stack's events, in order of time. They include
    failures of its rollback."""
    pages = stack.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack.name)
    try:
        events = [event for page in pages for event in page["StackEvents"] if event.get("ClientRequestToken") == token]
    except ClientError:
        return ""
    events.reverse()  # The API lists the newest first.
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    # If no resource failed, the reason is in the event that began the rollback, for example that the transform failed.
    failed = failed or [event for event in events if event["ResourceStatus"].endswith("ROLLBACK_IN_PROGRESS")]
    reasons = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason') or event['ResourceStatus']}"
        for event in failed
        # Omits creations that were cancelled because another resource failed.
        if not re.fullmatch(r"Resource \w+ cancelled\.?", event.get("ResourceStatusReason", ""), re.I)
    ]
    return "; ".join(reasons[:5])
