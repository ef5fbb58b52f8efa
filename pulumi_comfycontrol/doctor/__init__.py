"""The command ``comfycontrol-doctor``: checks of this machine, and of assumptions on the API."""
