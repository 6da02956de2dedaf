"""The account's quota of concurrent Lambdas: 1,000 as a rule, as few as ten in a new account."""

import re
import sys

from botocore.exceptions import BotoCoreError, ClientError

from .stack import TEMPLATE

# What is left to the API and to whatever else the account runs; of a small quota, half of it.
LEFT = 100


def warn(stack, before, parameters):
    """Says so where fetchers may use up the quota. Whoever may not ask for it is told nothing."""
    try:
        quota = stack.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    except (BotoCoreError, ClientError):
        return
    fetchers = fetcher_concurrency(before, parameters)
    most = max(1, quota - min(LEFT, quota // 2))
    if fetchers > most:
        print(
            f"warning: FetcherConcurrency is {fetchers}, but the account runs {quota} Lambdas at once, the API's among "
            f"them: pass --set FetcherConcurrency={most}, or have `Concurrent executions` of AWS Lambda raised in "
            "Service Quotas",
            file=sys.stderr,
        )


def fetcher_concurrency(before, parameters):
    """What the stack will have: what is given, or what it has, or the template's default."""
    name = "FetcherConcurrency"
    default = re.search(rf"^  {name}:\n(?:    .*\n)*?    Default: (\d+)$", TEMPLATE.read_text(), re.M)
    had = before.get("Parameters", []) if before else []
    values = {name: default[1]} | {each["ParameterKey"]: each["ParameterValue"] for each in had} | parameters
    # What is no number is CloudFormation's to refuse.
    return int(values[name]) if str(values[name]).isdecimal() else 0
