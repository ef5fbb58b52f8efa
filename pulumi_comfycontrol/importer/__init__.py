"""The command ``comfycontrol-import``: existing objects come under Pulumi's management."""
