"""The command ``comfycontrol-import``: a Pulumi project for the existing objects of an account."""
