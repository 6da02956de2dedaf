"""Deploys the stack of infra/template.yaml and deletes it, for `cargo xtask deploy` and `destroy`.

    deploy.py deploy REQUEST
    deploy.py destroy REQUEST

REQUEST is a JSON object: {"stack", "region"?, "endpoint"?, "dryRun"?, "yes"?}. To deploy it also has
{"architecture", "parameters", "user"?, "zips"?}. The page is read from target/page, the functions from
target/lambda or the folder `zips`. Each step prints a line on stderr; with dryRun no step is done. `deploy`
writes one JSON object to stdout: the stack's outputs, and the password of a user created in an emulator.
"""

import json
import sys

from botocore.exceptions import BotoCoreError, ClientError

from deployment.deploying import deploy
from deployment.removing import destroy
from deployment.stack import Failure


def main():
    try:
        match sys.argv[1:]:
            case ["deploy", request]:
                result = deploy(json.loads(request))
            case ["destroy", request]:
                result = destroy(json.loads(request))
            case _:
                sys.exit(__doc__)
    except (Failure, BotoCoreError, ClientError) as error:
        sys.exit(f"{error}")
    if result:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
