"""What CloudFormation does: the stack is made, changed and deleted."""

import re
import secrets

from botocore.exceptions import BotoCoreError, ClientError

from .stack import TEMPLATE, Failure

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# Its first creation failed, or never began: CloudFormation takes no second one.
NEVER_MADE = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")
# What to do about a stack that takes no deployment.
STUCK = {
    "DELETE_FAILED": "remove it by `cargo xtask destroy --stack {0}` first",
    "UPDATE_ROLLBACK_FAILED": "mend what its events name, then `aws cloudformation continue-update-rollback "
    "--stack-name {0}`",
}


def settled(stack, but=()):
    """The stack as it stands, nothing where there is none; refused while it is being changed, but in these states."""
    there = stack.describe()
    status = there["StackStatus"] if there else ""
    if status.endswith("_IN_PROGRESS") and status not in ("REVIEW_IN_PROGRESS", *but):
        raise Failure(f"the stack {stack.name} is being changed just now ({status}): try again when that is over")
    return there


def prepare(stack, parameters):
    """The stack that will be changed, nothing where it will be made. Refuses what can't work."""
    there = settled(stack)
    status = there["StackStatus"] if there else ""
    if status in STUCK:
        raise Failure(f"the stack {stack.name} is {status}: {STUCK[status].format(stack.name)}")
    if (not there or status in NEVER_MADE) and "UpstreamUrl" not in parameters:
        raise Failure("a first deployment needs an upstream: pass --upstream with its address")
    if status in NEVER_MADE:
        text = f"stack {stack.name}: removed and made anew, since its first creation failed ({status})"
        stack.step(text, lambda: delete_stack(stack))
        return None
    return there


def deploy_stack(stack, before, parameters):
    """Makes the stack, or changes the one that was there before."""
    cloudformation = stack.client("cloudformation")
    values = [{"ParameterKey": name, "ParameterValue": str(value)} for name, value in parameters.items()]
    if before:
        # What isn't named stays as it was; what the template has no more is left out.
        known = set(re.findall(r"^  (\w+):$", TEMPLATE.read_text(), re.M))
        had = {parameter["ParameterKey"] for parameter in before.get("Parameters", [])}
        values += [
            {"ParameterKey": name, "UsePreviousValue": True} for name in sorted((had & known) - parameters.keys())
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
        raise Failure(f"the stack {stack.name} did not get there: {why or error}") from error


def failures(stack, token):
    """What the events of the operation with this token, a rollback's too, say went wrong, the first cause first."""
    pages = stack.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack.name)
    try:
        events = [event for page in pages for event in page["StackEvents"] if event.get("ClientRequestToken") == token]
    except ClientError:
        return ""
    events.reverse()  # They come newest first.
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    # Where no resource is to blame, such as for a transform.
    failed = failed or [event for event in events if event["ResourceStatus"].endswith("ROLLBACK_IN_PROGRESS")]
    reasons = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason') or event['ResourceStatus']}"
        for event in failed
        # A resource whose making was stopped because another one failed.
        if not re.fullmatch(r"Resource \w+ cancelled\.?", event.get("ResourceStatusReason", ""), re.I)
    ]
    return "; ".join(reasons[:5])
