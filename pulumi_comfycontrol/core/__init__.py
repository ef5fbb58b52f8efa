"""What ComfyControl's objects are and how to change them; knows nothing of Pulumi."""
