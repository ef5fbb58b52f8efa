"""The command ``comfycontrol-doctor``: checks whether everything is as the provider assumes."""
