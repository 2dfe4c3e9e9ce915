"""Checks messages with PyPI standardwebhooks: SECRET, and a JSON list on standard input."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

hook = Webhook(sys.argv[1])
for message in json.load(sys.stdin):
    try:
        hook.verify(message["body"], message["headers"])
    except WebhookVerificationError as error:
        print(f"not signed by this secret: {error}")
        sys.exit(1)
