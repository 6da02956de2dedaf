"""Deploys infra/template.yaml, and removes it. `deploy.py` beside this folder is what is called."""
