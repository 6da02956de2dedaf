"""Deploys and removes the stack of infra/template.yaml. The script `deploy.py` beside this folder calls it."""
