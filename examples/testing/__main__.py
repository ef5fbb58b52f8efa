"""The farms of a studio: a site for each entry of the stack's config `sites`."""

import pulumi
from farm import Farm

config = pulumi.Config()
key = config.require_secret("farmKey")

for site, hosts in config.require_object("sites").items():
    pulumi.export(site, Farm(site, hosts, key).ids)
